const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A field of a message: its number, and its value as a number or as the bytes of what is nested. */
export interface ProtoField {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * The fields of one protocol buffer message, in their order. Numbers are read up to 2^53, which the seconds and nanos
 * of an instant are far below; fixed ones are passed over.
 * @throws RangeError for bytes that are no message
 */
export function* protoFields(bytes: Uint8Array): Generator<ProtoField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("a protocol buffer ends within a number");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === VARINT) {
      yield { number, value: varint(), bytes: NOTHING };
    } else if (wireType === LENGTH_DELIMITED) {
      const length = varint();
      if (at + length > bytes.length) throw new RangeError("a protocol buffer is cut");
      at += length;
      yield { number, value: 0, bytes: bytes.subarray(at - length, at) };
    } else if (wireType === FIXED64 || wireType === FIXED32) {
      at += wireType === FIXED64 ? 8 : 4;
    } else {
      throw new RangeError(`wire type ${wireType} is none of a protocol buffer's`);
    }
  }
}
