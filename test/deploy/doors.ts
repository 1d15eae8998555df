/** Every deployed function as a deploy should make it; design of the doors, and what each may cost at most. */
export interface Door {
  readonly kind: "callable" | "firestore" | "pubsub" | "schedule";
  readonly memoryMb: number;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly maxInstances: number;
  readonly secrets: readonly string[];
}

const READER: Door = {
  kind: "callable",
  memoryMb: 512,
  concurrency: 20,
  timeoutSeconds: 60,
  maxInstances: 20,
  secrets: [],
};

/** One run at a time, over before the next begins. */
const EVERY_FIVE_MINUTES: Door = {
  kind: "schedule",
  memoryMb: 512,
  concurrency: 1,
  timeoutSeconds: 240,
  maxInstances: 1,
  secrets: [],
};

export const DOORS: Readonly<Record<string, Door>> = {
  chat: {
    ...READER,
    memoryMb: 1_024,
    concurrency: 40,
    timeoutSeconds: 600,
    maxInstances: 50,
    secrets: ["OPENAI_API_KEY"],
  },
  embed: { ...READER, timeoutSeconds: 120, maxInstances: 50, secrets: ["OPENAI_API_KEY"] },
  estimateCost: READER,
  trackUsage: READER,
  getUsage: READER,
  getSessionUsage: READER,
  getSummary: READER,
  getTopUsers: READER,
  getCapabilities: READER,
  listEntries: READER,
  setModelPrice: READER,
  repriceEntries: { ...READER, timeoutSeconds: 300 },
  listModelPrices: READER,
  setBudget: READER,
  listBudgets: READER,
  deleteBudget: READER,
  listAlerts: READER,
  acknowledgeAlert: READER,
  aggregateUsage: { ...READER, kind: "firestore", memoryMb: 256 },
  writeOverflow: { ...READER, kind: "pubsub", memoryMb: 256 },
  checkBudgets: EVERY_FIVE_MINUTES,
  careForLedger: EVERY_FIVE_MINUTES,
};

export const NAMES = Object.keys(DOORS).sort();

export function namesOf(kind: Door["kind"]): string[] {
  return NAMES.filter((name) => DOORS[name]?.kind === kind);
}
