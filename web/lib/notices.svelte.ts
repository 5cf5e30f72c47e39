/** How long a sentence about something that passed stays on the page, in milliseconds. */
const shownMs = 6000;

/** Something that passed, in a sentence. */
export interface Notice {
  readonly sentence: string;
  /** Where it leads to. Such a notice stays until it is closed: nobody has to be quick to follow it. */
  readonly link?: { readonly path: string; readonly label: string };
  /** Whether it stays until it is closed. */
  readonly stays?: boolean;
}

/** What everybody is told on the page of what passed, or did not work: the newest only. */
export class Notices {
  #shown: Notice | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What is shown now; null most of the time. */
  get shown(): Notice | null {
    return this.#shown;
  }

  /** Shows it in place of what was shown before. */
  show(notice: Notice): void {
    this.close();
    this.#shown = notice;
    if (notice.link !== undefined || notice.stays === true) return;
    this.#timer = setTimeout(() => {
      this.#shown = null;
    }, shownMs);
  }

  /** Takes away what is shown. */
  close(): void {
    clearTimeout(this.#timer);
    this.#shown = null;
  }
}
