import type { Firestore } from "@google-cloud/firestore";
import type { DocumentKey } from "../ledger/plan.ts";
import type { OwnPrice, PriceStore } from "../pricing/own-price.ts";
import { changeDocument } from "./change.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf } from "./documents.ts";
import { buildQuery, QUERIES } from "./queries.ts";
import { rethrowStoreError } from "./unavailable.ts";

/** Every method @throws TollgateError STORE_UNAVAILABLE when Firestore does not answer in time */
export function firestorePrices(db: Firestore, deadlineMs: number): PriceStore {
  const keyOf = (id: string): DocumentKey => ({ collection: "model_prices", id });
  return {
    async listPrices() {
      const read = withDeadline(buildQuery(db, QUERIES.ownPrices, []).get(), deadlineMs);
      const { docs } = await read.catch(rethrowStoreError);
      return docs.map((doc) => fieldsOf(doc) as unknown as OwnPrice);
    },

    async changePrice(priceId, change) {
      const fields = await changeDocument(
        db,
        keyOf(priceId),
        (before) => {
          const after = change(before as OwnPrice | undefined);
          return after && { ...after };
        },
        deadlineMs,
      );
      return fields as OwnPrice | undefined;
    },
  };
}
