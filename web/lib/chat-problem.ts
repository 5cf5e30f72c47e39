/** Why a message of the chat is not sent. */
export type ChatProblem =
  { readonly kind: 'too-long'; readonly tooMany: number } | { readonly kind: 'too-fast' };
