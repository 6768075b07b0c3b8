import type { Duplex } from 'node:stream'
import { createControlFilter } from './control-filter.ts'
import { closeFrame, controlFrame, followFrames, opcodes } from './frames.ts'
import { createNotificationFilter, type RewriteNotification } from './notification-filter.ts'

/** How a tunnel is ended by the gateway. */
export interface Ending {
  /** Of the close frame. */
  readonly code: number
  readonly reason: string
  /** How long the frame that Qlik is sending may take to its end. */
  readonly frameMs: number
}

/** Two sockets that are joined. */
export interface Tunnel {
  /** Bytes from the client stop before this returns. The first ending counts. */
  end(ending: Ending): void
}

export interface TunnelOptions {
  /** The browser, after its 101. */
  readonly client: Duplex
  /** Qlik, after its 101. */
  readonly upstream: Duplex
  readonly limits: TunnelLimits
  /** Of the gateway's own pings. */
  readonly pingPayload: Uint8Array
  /** Whether the client's pings are answered here, and not passed on. Default false. */
  readonly answersPings?: boolean | undefined
  /** Omitted where Qlik's notifications are passed on as they are. */
  readonly rewriteNotification?: RewriteNotification | undefined
  /** Bytes came from the client that are not an answer to a ping, nor a ping that is answered here. */
  onUse(): void
  /** Both sockets are closed. */
  onClosed(): void
}

/** Times of a tunnel, in milliseconds. */
export interface TunnelLimits {
  /** Between two pings to the browser. */
  readonly pingMs: number
  /** A client that sends nothing, and takes nothing, for so long after a ping is cut. */
  readonly silenceMs: number
  /** Both sockets are closed so long after one side's close frame or end, whatever the other does. */
  readonly closingMs: number
  /** The client's socket is closed so long after the gateway's own close frame. */
  readonly goodbyeMs: number
}

/**
 * Qlik has gone without a close frame: its engine restarts, or the network is away. @qlik/api resumes by itself
 * after this code ("engine terminating"), and enigma.js suspends.
 */
const upstreamLost: Ending = { code: 4003, reason: 'Qlik closed the connection', frameMs: 0 }

/**
 * Joins two sockets that have both answered 101: bytes go through as they are, both ways, as fast as the slower
 * side takes them. Control frames of the gateway's own go to the client between Qlik's frames.
 */
export function joinSockets(options: TunnelOptions): Tunnel {
  const { client, upstream, limits, pingPayload, onUse, onClosed } = options
  let ending: Ending | undefined
  let closingTimer: NodeJS.Timeout | undefined
  let hasUpstreamClosed = false

  // From Qlik to the client.
  /** In the chunk that is being read: after its first and its last whole frame. */
  let firstEnd = 0
  let lastEnd = 0
  const fromUpstream = followFrames({
    begins(opcode) {
      if (opcode !== opcodes.close || ending) return
      hasUpstreamClosed = true
      startClosing()
    },
    ends(_opcode, at) {
      firstEnd ||= at
      lastEnd = at
    },
  })
  let isPingDue = false
  /** The payload of a ping of the client's that is not answered yet. */
  let dueAnswer: Buffer | undefined
  let written = 0
  const pingFrame = controlFrame(opcodes.ping, pingPayload)

  const toClient = (bytes: Buffer) => {
    if (bytes.length === 0 || client.writableEnded) return
    written += bytes.length
    if (!client.write(bytes)) upstream.pause()
  }
  const passToClient = (chunk: Buffer) => {
    firstEnd = 0
    lastEnd = 0
    fromUpstream.read(chunk)
    if (ending) {
      toClient(firstEnd ? chunk.subarray(0, firstEnd) : chunk)
      if (firstEnd) sayGoodbye(ending)
    } else if (isDue() && lastEnd && !hasUpstreamClosed) {
      toClient(chunk.subarray(0, lastEnd))
      sendDue()
      toClient(chunk.subarray(lastEnd))
    } else toClient(chunk)
  }
  const notifications =
    options.rewriteNotification &&
    createNotificationFilter({ rewrite: options.rewriteNotification, pass: passToClient })
  const onUpstreamData = notifications?.read ?? passToClient

  // From the client to Qlik. Answers to pings come by themselves, so they do not count as use.
  const readClient = createControlFilter({
    ownPayload: pingPayload,
    pass(bytes, isPong) {
      if (!isPong) onUse()
      if (!upstream.write(bytes)) client.pause()
    },
    onClose: () => startClosing(),
    onPing: options.answersPings ? (payload) => answerPing(payload) : undefined,
  })
  const onClientData = (chunk: Buffer) => {
    unanswered = 0
    if (!ending) readClient(chunk)
  }

  // Pings, and clients that have gone without a word.
  let unanswered = 0
  let lastTaken = 0
  let wasBlocked = false
  const sendPing = () => {
    isPingDue = false
    unanswered += 1
    toClient(pingFrame)
  }
  const isDue = () => isPingDue || dueAnswer !== undefined
  const sendDue = () => {
    if (isPingDue) sendPing()
    if (dueAnswer !== undefined) toClient(controlFrame(opcodes.pong, dueAnswer))
    dueAnswer = undefined
  }
  /** The last ping is answered, as RFC 6455 allows in section 5.5.3: a client that does not read waits for nothing else. */
  const answerPing = (payload: Buffer) => {
    dueAnswer = payload
    sendAnswer()
  }
  const sendAnswer = () => {
    const mayWrite = fromUpstream.isBetweenFrames && !client.writableNeedDrain && !ending
    if (dueAnswer !== undefined && mayWrite && !hasUpstreamClosed) sendDue()
  }
  const pingTimer = setInterval(() => {
    // A client whose bytes wait for Qlik cannot be heard, and one that reads slowly is there.
    const taken = written - client.writableLength
    if (client.isPaused() || (wasBlocked && taken > lastTaken)) unanswered = 0
    wasBlocked = client.writableLength > 0
    lastTaken = taken
    if (unanswered * limits.pingMs >= limits.silenceMs) cut()
    else if (wasBlocked) unanswered += 1
    else if (fromUpstream.isBetweenFrames) sendPing()
    else isPingDue = true
  }, limits.pingMs)

  // Ends.
  const cut = () => {
    client.destroy()
    upstream.destroy()
  }
  const cutAfter = (ms: number) => {
    clearTimeout(closingTimer)
    closingTimer = setTimeout(cut, ms)
  }
  function startClosing() {
    clearInterval(pingTimer)
    if (!closingTimer) cutAfter(limits.closingMs)
  }
  const sayGoodbye = ({ code, reason }: Ending) => {
    upstream.destroy()
    client.end(hasUpstreamClosed ? undefined : closeFrame(code, reason))
    cutAfter(limits.goodbyeMs)
  }
  const end = (how: Ending) => {
    if (ending || client.destroyed) return
    ending = how
    clearInterval(pingTimer)
    // Read on, so that unread bytes do not turn the end into a reset that takes the close frame with it.
    client.resume()
    if (fromUpstream.isBetweenFrames) sayGoodbye(how)
    else if (upstream.destroyed || upstream.readableEnded) cut()
    else cutAfter(how.frameMs)
  }
  const onUpstreamGone = () => {
    notifications?.end()
    if (hasUpstreamClosed && !ending) client.end()
    else if (!ending) end(upstreamLost)
    else if (!client.writableEnded) cut()
  }
  const onClose = () => {
    if (!client.closed || !upstream.closed) return
    clearInterval(pingTimer)
    clearTimeout(closingTimer)
    onClosed()
  }

  client.on('error', ignore)
  upstream.on('error', ignore)
  client.on('close', () => {
    upstream.destroy()
    onClose()
  })
  upstream.on('close', () => {
    onUpstreamGone()
    onClose()
  })
  upstream.on('end', onUpstreamGone)
  client.on('end', () => {
    if (ending) return
    upstream.end()
    startClosing()
  })
  client.on('drain', () => {
    upstream.resume()
    sendAnswer()
  })
  upstream.on('drain', () => client.resume())
  client.on('data', onClientData)
  upstream.on('data', onUpstreamData)
  // What closed while the audit log was written has told it already.
  if (client.destroyed || upstream.destroyed) cut()
  onClose()
  return { end }
}

const ignore = () => undefined
