/**
 * What waits for one reader: the newest of each kind. A reader that is slow misses what was overtaken, never what
 * is newest, and no more waits than there are kinds.
 */
export class Mailbox<Letter> {
  readonly #waiting = new Map<string, Letter>();
  #ended = false;
  #failure: unknown;
  #wake: () => void = () => {};

  /** A letter; an unread one of the same kind is replaced, and gives its place to it. */
  put(kind: string, letter: Letter): void {
    this.#waiting.set(kind, letter);
    this.#wake();
  }

  /** Nothing comes any more; what waits is still read, and then the failure is thrown, if there is one. */
  end(failure?: unknown): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  /** The letters, for one reader; ends when the mailbox did. */
  async *read(): AsyncGenerator<Letter, void, undefined> {
    while (true) {
      for (const [kind, letter] of this.#waiting) {
        this.#waiting.delete(kind);
        yield letter;
      }
      if (this.#ended) {
        if (this.#failure !== undefined) {
          throw this.#failure;
        }
        return;
      }
      await this.#something();
    }
  }

  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#waiting.size > 0 || this.#ended) {
        resolve();
      }
    });
  }
}
