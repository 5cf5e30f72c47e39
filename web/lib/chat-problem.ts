/** Why a message of the chat was not sent. */
export type ChatProblem =
  { readonly kind: 'too-long'; readonly tooMany: number } | { readonly kind: 'too-fast' | 'away' };
