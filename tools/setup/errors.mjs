/** Something that set-up needs and cannot have; its message is for the person at the terminal. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}
