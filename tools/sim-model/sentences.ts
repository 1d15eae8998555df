/** First sentences, where `{topic}` is a word of the question. */
export const TOPICAL_OPENINGS: readonly string[] = [
  "Let us take the {topic} first, because the rest follows from it.",
  "Here is how I would look at the {topic}.",
  "When it comes to the {topic}, the short answer is that it depends on how you use it.",
  "Good question: with the {topic}, most people get stuck at the same point.",
  "You can settle the {topic} in a few steps.",
  "I would keep the {topic} as simple as the work allows.",
];

export const PLAIN_OPENINGS: readonly string[] = [
  "Yes, that works, and here is how.",
  "Here is a short plan that you can follow today.",
  "There are two ways to do this, and one of them is easier.",
  "I would start with what you already have.",
  "That is a fair question, so let me answer it directly.",
];

/** What an answer goes on with, each sentence able to follow any other. A prime number of them. */
export const MIDDLES: readonly string[] = [
  "Start with the smallest version that could be useful to someone.",
  "Write down what you expect before you look at the numbers.",
  "The first column is what you planned, and the second is what it cost.",
  "A short list is easier to keep than a long one.",
  "If two people read it and understand the same thing, it is clear enough.",
  "Most of the time goes into the last ten percent.",
  "Ask the person who will use it, not the person who asked for it.",
  "Keep the old way running until the new one has been right for a week.",
  "One example says more than three paragraphs of rules.",
  "When the result surprises you, check the input first.",
  "It is better to be a day late than to send it twice.",
  "Put the date on every page, so that nobody reads an old copy.",
  "A limit that nobody knows about is not a limit.",
  "Small steps are slower at first and faster at the end.",
  "You will want to change this later, so leave room for it.",
  "Name things by what they are for.",
  "The cost grows with the length of the text, not with how hard the question is.",
  "Read the answer once as if you had never seen the question.",
  "Do the part that you are least sure about first.",
  "A good default saves more work than a good option.",
  "Compare it with last month rather than with a perfect world.",
  "If it breaks at night, someone has to be able to fix it half asleep.",
  "Measure once before the change and once after it.",
  "The team in the other office may see it differently, so ask them early.",
  "Round at the end, and only once.",
  "Keep a note of what you tried and what did not work.",
  "There is no need to decide everything now.",
  "The table below the chart is what people will copy.",
  "Try it with ten customers before you try it with ten thousand.",
  "Leave out the words that carry no meaning.",
  "An average hides the one case that hurts.",
  "Check the numbers against another source — even a rough one.",
  "The café around the corner solves this with a paper list, and it works.",
  "A budget of 100 € is easier to discuss than a percentage.",
  "Nothing here needs a new tool.",
  "Say who decides, and by when.",
  "The second question is usually the important one.",
];

export const CLOSINGS: readonly string[] = [
  "If you tell me more about your case, I can be more exact.",
  "That should be enough to begin with.",
  "Let me know how it goes.",
  "I can write the first draft if you like.",
  "Once this works, the next step will be obvious.",
];

/** Longer words that say nothing about what a question is about, or what to do rather than on what. */
export const NOT_TOPICS: ReadonlySet<string> = new Set(
  `about after again answer because before below better between check compare compose convert could
   create describe different doing draft during every exactly explain extract first following given
   great hello however improve important instead likely looking maybe might needed never other outline
   people please possible prepare propose question quickly really recommend reply review rewrite right
   several shall short should since something still suggest summarise summarize their there these
   thing things think those three through today together translate under until using where whether
   which while within without would write yours`.split(/\s+/),
);
