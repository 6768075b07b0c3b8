import { ignore } from '../ignore.ts'
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
      socket.addEventListener('close', () => {
        // Closed by Qlik, with whatever code.
        if (open.delete(socket)) login.noteClosed()
      })
      const close = socket.close.bind(socket)
      socket.close = (...reason) => {
        open.delete(socket)
        close(...reason)
      }
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
      for (const socket of open) socket.close(unauthorized)
    },
  }
}
