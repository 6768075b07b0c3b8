import { lstat, stat, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { dirname, resolve } from 'node:path'
import { isSystemError, makeFolder, systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'

/** A path of a Unix socket is no longer: 108 bytes with the NUL on Linux, 104 on macOS. */
const maxPathBytes = 103

/**
 * Listens at a Unix socket that its owner alone may use, from its first moment on. What a process that has died left
 * there is removed; a process that lives is not disturbed.
 *
 * @throws ERR_GATEWAY_ADMIN_LISTEN
 */
export async function listenAtSocket(server: Server, given: string): Promise<string> {
  const path = resolve(given)
  const refuse = (problem: string, cause?: unknown) =>
    gatewayErrors.ERR_GATEWAY_ADMIN_LISTEN({ at: path, problem }, { cause })
  if (process.platform === 'win32')
    throw refuse('Windows protects no socket by rights: give host, port and bearer instead')
  if (Buffer.byteLength(path) > maxPathBytes)
    throw refuse(`the path is longer than the ${maxPathBytes} bytes that a socket may have`)
  await checkFolder(dirname(path), refuse)
  const first = await listenOnce(server, path)
  if (first === undefined) return path
  if (first.code !== 'EADDRINUSE') throw refuse(inWords(first.code), first)
  await removeStale(path, refuse)
  const second = await listenOnce(server, path)
  if (second !== undefined) throw refuse(inWords(second.code), second)
  return path
}

type Refuse = (problem: string, cause?: unknown) => Error

/** Whoever can write in the folder could put a socket of their own in the place of this one. */
async function checkFolder(folder: string, refuse: Refuse): Promise<void> {
  try {
    await makeFolder(folder)
    const { mode, uid } = await stat(folder)
    if ((mode & 0o022) !== 0) throw refuse(`others may write in ${folder}. Make its mode 0700`)
    if (uid !== 0 && uid !== process.geteuid?.())
      throw refuse(`${folder} belongs to another user of this machine`)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw refuse(`the folder cannot be used (${error.code})`, error)
  }
}

/** Listens, with a socket of mode 0600. @returns why not */
function listenOnce(server: Server, path: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((done) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening)
      done(error)
    }
    const listening = () => {
      server.off('error', failed)
      done(undefined)
    }
    server.once('error', failed)
    server.once('listening', listening)
    // SECURITY: the system makes the socket within this call, so that there is no moment of wider rights. What other
    // threads make meanwhile gets narrower rights than it asks for, never wider ones.
    const before = process.umask(0o177)
    try {
      server.listen(path)
    } finally {
      process.umask(before)
    }
  })
}

/** Removes a socket at which nobody listens; anything else is left alone. */
async function removeStale(path: string, refuse: Refuse): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) throw refuse('there is something that is not a socket')
  if (found.uid !== process.geteuid?.())
    throw refuse('there is a socket of another user of this machine')
  if (await isAlive(path)) throw refuse('another process listens there')
  await unlink(path).catch((error: unknown) => {
    throw refuse(`a socket that nobody uses cannot be removed (${systemCode(error)})`, error)
  })
}

/** Whether somebody takes connections there; when in doubt, somebody does. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')
    })
  })
}

function inWords(code: string | undefined): string {
  if (code === 'EADDRINUSE') return 'another process listens there'
  return `the system says ${code}`
}
