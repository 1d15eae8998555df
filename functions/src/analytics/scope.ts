/** Whose usage a report is about. */
export type ReportScope =
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "everyone" };
