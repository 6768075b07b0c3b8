/** What this page sent in its login, and when. */
export interface SentRequest {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly origin: string
  readonly what: string
  /** What went with it, in words. */
  readonly sent: string
}

const carried = 'cookies as the browser has them'
const now = () => performance.timeOrigin + performance.now()
const since = (at: number) => `${Math.max(1, Math.round(now() - at))} ms`

const requests: SentRequest[] = []
let loginId: string | undefined
let isOver = false

/** The requests of the login, and the ID by which the portal knows it. */
export const sentRequests = () => ({ requests: [...requests], loginId })

/** What comes from now on is not the login. */
export function endRecording(): void {
  isOver = true
}

/** The browser's fetch, which writes down what is sent during the login. Only a demonstration needs this. */
export const recordedFetch: typeof globalThis.fetch = async (input, init = {}) => {
  if (isOver) return fetch(input, init)
  const { origin, pathname } = new URL(String(input), location.href)
  const at = now()
  const note = (outcome: string) => {
    const isBearer = new Headers(init.headers).has('authorization')
    const sent = `${isBearer ? 'a JWT in Authorization' : carried}; ${outcome} after ${since(at)}`
    requests.push({ at, origin, what: `${init.method ?? 'GET'} ${pathname}`, sent })
  }
  try {
    const response = await fetch(input, init)
    note(`answered ${response.status}`)
    if (origin === location.origin) loginId ??= response.headers.get('x-request-id') ?? undefined
    return response
  } catch (error) {
    note('no answer')
    throw error
  }
}

/** The browser's web socket, which writes down when it is opened, and when it is open. */
export const RecordedWebSocket = function open(url: string) {
  const { host, protocol, pathname } = new URL(url)
  const at = now()
  const socket = new WebSocket(url)
  const origin = `${protocol.replace('ws', 'http')}//${host}`
  const note = (outcome: string) => {
    const sent = `${carried}; ${outcome} after ${since(at)}`
    if (requests.length < 40) requests.push({ at, origin, what: `web socket ${pathname}`, sent })
  }
  socket.addEventListener('open', () => note('open'), { once: true })
  socket.addEventListener('error', () => note('refused'), { once: true })
  return socket
} as unknown as new (
  url: string,
) => WebSocket
