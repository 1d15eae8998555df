interface TextParameter {
  readonly name: string;
  value(): string;
}

/** @throws Error when a parameter holds none of the values that it may have */
export function oneOf<const Choice extends string>(
  parameter: TextParameter,
  choices: readonly Choice[],
): Choice {
  const value = parameter.value();
  const choice = choices.find((each) => each === value);
  if (choice === undefined)
    throw new Error(`${parameter.name} must be ${choices.join(" or ")}, not "${value}"`);
  return choice;
}

/** @throws Error outside of a Firebase or Google Cloud environment */
export function projectId(): string {
  const id = process.env.GCLOUD_PROJECT ?? process.env.GOOGLE_CLOUD_PROJECT;
  if (!id) throw new Error("GCLOUD_PROJECT is not set");
  return id;
}
