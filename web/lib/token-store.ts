/** The part of the browser that {@link takeToken} needs. */
export interface TokenPlace {
  /** The page's address. */
  readonly href: string;
  /** Puts another address into its place, without loading it. */
  readonly replace: (href: string) => void;
  /** What lives as long as the tab; null where it is switched off. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null;
}

const key = 'onegrid.token';

/**
 * The room token of this tab: from the link by which it was opened (`#token=`, which browsers send to no server, or `?token=`), else
 * from before it was reloaded. It is taken out of the address: whoever copies that passes on a place, not who they are.
 */
export function takeToken({ href, replace, storage }: TokenPlace): string | null {
  const url = new URL(href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get('token') ?? url.searchParams.get('token');
  if (token === null || token === '') return storage?.getItem(key) ?? null;
  // Without a place to keep it, it stays where it is: a reload needs it.
  if (storage === null) return token;
  storage.setItem(key, token);
  fragment.delete('token');
  url.searchParams.delete('token');
  url.hash = fragment.toString();
  replace(url.href);
  return token;
}

/** A path of this server, for another tab: that has the token too. */
export const withToken = (path: string, token: string | null): string =>
  token === null ? path : `${path}#token=${encodeURIComponent(token)}`;

/** The room token of this page. */
export function ownToken(): string | null {
  return takeToken({
    href: location.href,
    replace: (href) => {
      history.replaceState(history.state, '', href);
    },
    storage: sessionOrNull(),
  });
}

/** Private windows may refuse storage. */
function sessionOrNull(): Storage | null {
  try {
    sessionStorage.setItem('onegrid.tried', '');
    sessionStorage.removeItem('onegrid.tried');
    return sessionStorage;
  } catch {
    return null;
  }
}
