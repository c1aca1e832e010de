/** Keeps the beginning and the end of what is printed: the first says what ran, the second why it failed. */
export class Output {
  private head = '';
  private tail = '';
  private leftOut = 0;
  private readonly decoder = new TextDecoder();

  constructor(private readonly most: { readonly head: number; readonly tail: number }) {}

  add(bytes: Uint8Array): void {
    let text = this.decoder.decode(bytes, { stream: true });
    const room = this.most.head - this.head.length;
    this.head += text.slice(0, room);
    text = text.slice(Math.max(0, room));
    this.tail += text;
    // Cut when there is twice as much, so that a cut is rare.
    if (this.tail.length > 2 * this.most.tail) this.cut();
  }

  get text(): string {
    this.cut();
    const gap = this.leftOut === 0 ? '' : `\n[${this.leftOut} characters left out]\n`;
    return this.head + gap + this.tail;
  }

  private cut(): void {
    const more = this.tail.length - this.most.tail;
    if (more <= 0) return;
    this.leftOut += more;
    this.tail = this.tail.slice(more);
  }
}
