/** The stack cannot be brought up, or a part of it has died; the message is for the terminal. */
export class StackError extends Error {
  override readonly name = "StackError";
}
