const types = ['open', 'message', 'error', 'close'] as const

/**
 * Gives a socket at once that opens later, since a page's clients want one without waiting.
 *
 * @param opening gives the real one; when it fails, the socket closes with 1006, as one that was refused
 */
export function waitingSocket(url: string, opening: Promise<WebSocket>): WebSocket {
  let real: WebSocket | undefined
  let isClosed = false
  const target = new EventTarget()
  const tell = (event: Event) => {
    target.dispatchEvent(event)
    const listener: unknown = Reflect.get(socket, `on${event.type}`)
    if (typeof listener === 'function') listener.call(socket, event)
  }
  const tellClosed = () => {
    if (isClosed) return
    isClosed = true
    tell(new CloseEvent('close', { code: 1006 }))
  }
  const own = {
    url,
    binaryType: 'blob',
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    CONNECTING: 0,
    OPEN: 1,
    CLOSING: 2,
    CLOSED: 3,
    send(data: string) {
      if (real === undefined)
        throw new DOMException('Still in CONNECTING state', 'InvalidStateError')
      real.send(data)
    },
    close(code?: number, reason?: string) {
      if (real === undefined) queueMicrotask(tellClosed)
      else real.close(code, reason)
    },
  }
  const socket = Object.defineProperties(Object.assign(target, own), {
    readyState: { get: () => real?.readyState ?? (isClosed ? 3 : 0) },
    bufferedAmount: { get: () => real?.bufferedAmount ?? 0 },
    protocol: { get: () => real?.protocol ?? '' },
    extensions: { get: () => real?.extensions ?? '' },
  }) as unknown as WebSocket
  opening.then(
    (opened) => {
      if (isClosed) return opened.close()
      real = opened
      for (const type of types) opened.addEventListener(type, (event) => tell(copyOf(event)))
    },
    () => {
      tell(new Event('error'))
      tellClosed()
    },
  )
  return socket
}

/** An event can be dispatched once only. */
function copyOf(event: Event): Event {
  if (event instanceof MessageEvent) return new MessageEvent(event.type, { data: event.data })
  if (!(event instanceof CloseEvent)) return new Event(event.type)
  const { type, code, reason, wasClean } = event
  return new CloseEvent(type, { code, reason, wasClean })
}
