import type { PageLogin } from './page-login.ts'

/** The code that IANA registers for "Unauthorized". */
const unauthorized = 3000

/** The open sockets of one connection. */
export interface Sockets {
  add(socket: WebSocket): WebSocket
  closeAll(): void
}

/** Keeps sockets to one person: they send and show only what is certain to be theirs, and close with the login. */
export function createSockets(login: PageLogin): Sockets {
  const open = new Set<WebSocket>()
  const whenConfirmed = (then: () => void) => {
    if (login.isConfirmed()) then()
    else login.confirmed().then(then, ignore)
  }
  return {
    add(socket) {
      open.add(socket)
      socket.addEventListener('close', ({ code }) => {
        // Closed by itself: perhaps the session has ended, or another tab has a new CSRF token.
        const isExpected = !open.delete(socket) || [1000, 1001, 1005].includes(code)
        if (!isExpected && login.state.state === 'connected') login.confirm().catch(ignore)
      })
      // The first listener: what comes in after the page was away waits, and comes again when the login is certain.
      socket.addEventListener('message', (event) => {
        if (login.isConfirmed()) return
        event.stopImmediatePropagation()
        const { data } = event
        whenConfirmed(() => socket.dispatchEvent(new MessageEvent('message', { data })))
      })
      const send = socket.send.bind(socket)
      socket.send = (data) => whenConfirmed(() => send(data))
      return socket
    },
    closeAll() {
      for (const socket of open) {
        open.delete(socket)
        socket.close(unauthorized)
      }
    },
  }
}

const ignore = () => undefined
