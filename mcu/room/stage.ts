import {
  Compositor,
  type CompositorOptions,
  type ReactionName,
  type SceneLayout,
  type SceneMember,
} from '../../mixer/compositor/index.ts';

type Size = Pick<CompositorOptions, 'width' | 'height'>;

/** The scene, on as many canvases as there are sizes of picture somebody watches. */
export class Stage {
  #options: Omit<CompositorOptions, 'width' | 'height'>;
  readonly #compositors = new Set<Compositor>();
  #scene: { readonly members: readonly SceneMember[]; readonly arrangement: SceneLayout } = {
    members: [],
    arrangement: { mode: 'grid', pinned: null, speaker: null, page: 0 },
  };
  #speaking: readonly string[] = [];
  #reactions: ReadonlyMap<string, ReactionName> = new Map();

  /** @param options - of every compositor */
  constructor(options: Omit<CompositorOptions, 'width' | 'height'>) {
    this.#options = options;
  }

  /** Sets who is in the picture and how it is arranged, on all canvases and those to come. */
  setScene(members: readonly SceneMember[], arrangement: SceneLayout): void {
    this.#scene = { members, arrangement };
    for (const compositor of this.#compositors) compositor.setScene(members, arrangement);
  }

  /** Sets who speaks, on all canvases and those to come. */
  setSpeaking(ids: readonly string[]): void {
    this.#speaking = ids;
    for (const compositor of this.#compositors) compositor.setSpeaking(ids);
  }

  /** Sets what people react with, by their ids, on all canvases and those to come. */
  setReactions(reactions: ReadonlyMap<string, ReactionName>): void {
    this.#reactions = reactions;
    for (const compositor of this.#compositors) compositor.setReactions(reactions);
  }

  /** Sets how long transitions take, on all canvases and those to come; milliseconds. */
  setTransitionMs(transitionMs: number): void {
    this.#options = { ...this.#options, transitionMs };
    for (const compositor of this.#compositors) compositor.setTransitionMs(transitionMs);
  }

  /** A canvas of a size, with the scene as it is now. */
  open(size: Size): Compositor {
    const compositor = new Compositor({ ...this.#options, ...size });
    this.#compositors.add(compositor);
    compositor.setScene(this.#scene.members, this.#scene.arrangement);
    compositor.setSpeaking(this.#speaking);
    compositor.setReactions(this.#reactions);
    return compositor;
  }

  /** Frees a canvas; nobody may read it any more. */
  close(compositor: Compositor): void {
    this.#compositors.delete(compositor);
    compositor.close();
  }
}
