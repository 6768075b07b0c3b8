/** Which app a web socket asks for, and as which engine session. */
export interface AppPath {
  readonly appId: string
  readonly identity?: string
  readonly ttlSeconds?: number
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Reads `/app/{appId}[/identity/{identity}][/ttl/{seconds}]` (qlik-cloud.md §3.1). */
export function parseAppPath(pathname: string): AppPath | undefined {
  const [whole, app, identityText, ttl] =
    /^\/app\/([^/]+)(?:\/identity\/([^/]+))?(?:\/ttl\/(\d{1,7}))?\/?$/.exec(pathname) ?? []
  if (whole === undefined || app === undefined) return undefined
  const appId = decode(app)
  const identity = identityText === undefined ? undefined : decode(identityText)
  if (appId === undefined || (identityText !== undefined && identity === undefined))
    return undefined
  return {
    appId,
    ...(identity === undefined ? {} : { identity }),
    ...(ttl === undefined ? {} : { ttlSeconds: Number(ttl) }),
  }
}
