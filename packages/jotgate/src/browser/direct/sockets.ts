import type { PageLogin } from './page-login.ts'

/** The code that IANA registers for "Unauthorized". */
const unauthorized = 3000

/** The open sockets of one connection. */
export interface Sockets {
  add(socket: WebSocket): WebSocket
  closeAll(): void
}

/** Keeps sockets to one person: they send only while the login is certain, and close when it has ended. */
export function createSockets(login: PageLogin): Sockets {
  const open = new Set<WebSocket>()
  return {
    add(socket) {
      open.add(socket)
      socket.addEventListener('close', ({ code }) => {
        // Closed by itself: perhaps the session has ended, or another tab has a new CSRF token.
        const isExpected = !open.delete(socket) || [1000, 1001, 1005].includes(code)
        if (!isExpected && login.state.state === 'connected') login.confirm(true).catch(ignore)
      })
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        if (login.isConfirmed()) send(data)
        else login.confirmed().then(() => send(data), ignore)
      }
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
