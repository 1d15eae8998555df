/** Every bound of a request (design: doors). A character is a Unicode code point after NFC. */
export const MAX_ID_CHARACTERS = 128;
export const MAX_TAGS = 10;
export const MAX_TAG_CHARACTERS = 40;
export const MAX_METADATA_FIELDS = 10;
export const MAX_METADATA_KEY_CHARACTERS = 40;
export const MAX_METADATA_VALUE_CHARACTERS = 100;

/** Text of a request: messages, tool definitions and response format together, UTF-8. */
export const MAX_TEXT_BYTES = 256 * 1024;
export const MAX_MESSAGES = 256;
export const MAX_TEXT_PARTS = 256;
export const MAX_TOOLS = 64;
export const MAX_TOOL_CALLS = 128;
export const MAX_TOOL_NAME_CHARACTERS = 128;
export const MAX_STOPS = 4;
export const MAX_STOP_CHARACTERS = 256;
export const MAX_OUTPUT_TOKENS = 1_000_000;

/** OpenAI's own bound of one embeddings request: https://platform.openai.com/docs/api-reference/embeddings */
export const MAX_EMBEDDING_INPUTS = 2_048;
export const MAX_DIMENSIONS = 16_384;

/** Of any JSON that comes in; deeper, and recursive code behind the doors would overflow the stack. */
export const MAX_DEPTH = 48;
export const MAX_VALUES = 50_000;
/** Of a JSON schema in a tool or a response format. */
export const SCHEMA_BOUNDS = { maxDepth: 32, maxValues: 5_000 };
/** Of the usage object of `trackUsage`; providers' own are below 1 KiB and 3 levels. */
export const USAGE_BOUNDS = { maxDepth: 6, maxValues: 500, maxBytes: 8 * 1024 };

export const DEFAULT_PAGE_LIMIT = 50;
export const MAX_PAGE_LIMIT = 200;
/** Holds a user id of 128 characters in any script. */
export const MAX_CURSOR_CHARACTERS = 1_000;
export const MAX_DOCUMENT_ID_CHARACTERS = 1_000;
/** 13 months and a day or two: what reports of a year and its month before need. */
export const MAX_RANGE_DAYS = 400;

export const MAX_TRACKED_AGE_MONTHS = 13;
export const MAX_TRACKED_AHEAD_MS = 5 * 60_000;
export const MAX_LATENCY_MS = 86_400_000;

/** A million dollars, in nanoUSD. */
export const MAX_LIMIT_NANO_USD = 1_000_000_000_000_000;
/** "{uid}_{session}", each encoded to at most 200 bytes. */
export const MAX_SESSION_SCOPE_CHARACTERS = 401;
export const MAX_BUDGET_NAME_CHARACTERS = 100;
export const MAX_THRESHOLDS = 5;
/** 1 000 % of a limit. */
export const MAX_THRESHOLD = 10;
export const DEFAULT_THRESHOLDS: readonly number[] = [0.8, 1];

/** Of a price of one's own: its source and its note. */
export const MAX_NOTE_CHARACTERS = 500;
/** Entries of one run of `repriceEntries`: some 20 commits. */
export const DEFAULT_REPRICE_LIMIT = 500;
export const MAX_REPRICE_LIMIT = 1_000;
/** Context tiers or times of day of one price; the shipped book has 2 at most. */
export const MAX_PRICE_ITEMS = 10;
