import type { Socket } from 'node:net'
import { addressGroup, canonicalAddress } from './client-address.ts'
import type { RateLimit } from './rate-limit.ts'

/** The connections of a server, and those that are in the middle of a TLS handshake. */
export interface Connections {
  /** How many are open. */
  readonly size: number
  /** How many were refused, because there were too many. */
  readonly refused: number
  /** Takes one, or refuses and closes it. */
  admit(socket: Socket): boolean
  /** Counts one that the system refused. */
  drop(): void
  /** TLS has been agreed on. */
  secured(socket: Peer): void
  /** The connection below a TLS socket whose handshake is not done. */
  handshakeOf(socket: Peer): Socket | undefined
  /** Closes what has sent no request and cannot be known to node:http: handshakes that are not done. */
  closeHandshakes(): void
  destroyAll(): void
}

/** The other end of a connection, by which a TLS socket and what is below it are known to be one. */
interface Peer {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}

/** What `createConnections` takes. */
export interface ConnectionOptions {
  readonly maxPerAddress: number
  /** How many TLS handshakes one address may begin; undefined without TLS. */
  readonly handshakes: RateLimit | undefined
  /** Whether an address may have as many as it likes. */
  readonly isTrustedPeer: (address: string) => boolean
}

/** Counts connections by address, before anything is read of them. */
export function createConnections({
  maxPerAddress,
  handshakes,
  isTrustedPeer,
}: ConnectionOptions): Connections {
  const sockets = new Set<Socket>()
  const handshaking = new Map<string, Socket>()
  const byAddress = new Map<string, number>()
  let refused = 0

  function mayCome(address: string, group: string): boolean {
    if (isTrustedPeer(address)) return true
    if ((byAddress.get(group) ?? 0) >= maxPerAddress) return false
    return (handshakes?.take(group) ?? 0) === 0
  }

  return {
    get size() {
      return sockets.size
    },
    get refused() {
      return refused
    },
    admit(socket) {
      socket.on('error', () => socket.destroy())
      const address = canonicalAddress(socket.remoteAddress)
      const group = addressGroup(address)
      if (!mayCome(address, group)) {
        refused += 1
        socket.destroy()
        return false
      }
      const peer = peerOf(socket)
      byAddress.set(group, (byAddress.get(group) ?? 0) + 1)
      sockets.add(socket)
      if (handshakes !== undefined) handshaking.set(peer, socket)
      socket.once('close', () => {
        sockets.delete(socket)
        if (handshaking.get(peer) === socket) handshaking.delete(peer)
        const left = (byAddress.get(group) ?? 1) - 1
        if (left === 0) byAddress.delete(group)
        else byAddress.set(group, left)
      })
      return true
    },
    drop() {
      refused += 1
    },
    secured: (socket) => handshaking.delete(peerOf(socket)),
    handshakeOf: (socket) => handshaking.get(peerOf(socket)),
    closeHandshakes() {
      for (const socket of handshaking.values()) socket.destroy()
    },
    destroyAll() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

const peerOf = ({ remoteAddress, remotePort }: Peer) => `${remoteAddress} ${remotePort}`
