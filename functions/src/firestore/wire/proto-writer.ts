const FIRST_BYTES = 4_096;
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
/** Bits below which JavaScript's integer operators are exact. */
const INT32_END = 0x8000_0000;
/** Longest varint, bytes. */
const MAX_VARINT = 10;
/** Up to this a loop over the characters is quicker than a call into the runtime. */
const SHORT_TEXT = 32;

/**
 * Writes one protocol buffer message (https://protobuf.dev/programming-guides/encoding). The length of what is
 * nested is put before it when it is known: room for one byte is left, and what is longer moves up.
 */
export class ProtoWriter {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private at = 0;

  finish(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** Begins a nested message. @returns what `close` takes */
  open(field: number): number {
    this.tag(field, LENGTH_DELIMITED);
    return this.openLength();
  }

  close(start: number): void {
    const length = this.at - start;
    const more = varintBytes(length) - 1;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(start + more, start, this.at);
    }
    this.at = start - 1;
    this.varint(length);
    this.at += length;
  }

  text(field: number, text: string): void {
    this.tag(field, LENGTH_DELIMITED);
    // UTF-8 takes at most three bytes per UTF-16 unit.
    this.reserve(3 * text.length + MAX_VARINT);
    const start = this.openLength();
    if (!this.shortAscii(text)) this.at = start + this.bytes.write(text, start, "utf8");
    this.close(start);
  }

  bool(field: number, value: boolean): void {
    this.tag(field, VARINT);
    this.bytes[this.at++] = value ? 1 : 0;
  }

  /** @param value a safe integer */
  int64(field: number, value: number): void {
    this.tag(field, VARINT);
    if (value >= 0) this.varint(value);
    else this.negative(BigInt.asUintN(64, BigInt(value)));
  }

  double(field: number, value: number): void {
    this.tag(field, FIXED64);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  private tag(field: number, wireType: number): void {
    this.reserve(2 * MAX_VARINT);
    this.varint((field << 3) | wireType);
  }

  private openLength(): number {
    this.at += 1;
    return this.at;
  }

  /** False, and nothing written, for what is longer or holds other characters. */
  private shortAscii(text: string): boolean {
    if (text.length > SHORT_TEXT) return false;
    const start = this.at;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      this.bytes[start + index] = unit;
    }
    this.at = start + text.length;
    return true;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= INT32_END) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  private negative(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  private reserve(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) count += 1;
  return count;
}
