/** What an operator may want to know. It never holds a token, a cookie or a key. */
export type PortalEvent = { requestId: string } & (
  | { type: 'signed-in' | 'signed-out'; userId: string }
  | { type: 'token-issued'; userId: string; jti: string }
  | { type: 'refused'; path: string; status: number; title: string }
  | { type: 'failed'; path: string; error: unknown }
)
