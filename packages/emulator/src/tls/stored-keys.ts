import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  webcrypto,
} from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emulatorError } from '../errors.ts'
import { makeFolder } from '../make-folder.ts'
import { withLock } from '../process-lock.ts'

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A key pair as Web Crypto wants it. */
export interface KeyPair {
  readonly privateKey: webcrypto.CryptoKey
  readonly publicKey: webcrypto.CryptoKey
}

/** An authority, and the key of its servers. */
export interface ServerKeys {
  readonly caPem: string
  readonly caKeys: KeyPair
  readonly serverKeyPem: string
  readonly serverKeys: KeyPair
  /** SHA-256 of the server's public key, as Chromium's --ignore-certificate-errors-spki-list takes it. */
  readonly spkiHash: string
}

/** What a folder keeps. */
export interface StoredKeys extends ServerKeys {
  readonly caFile: string
}

const names = { ca: 'ca.pem', caKey: 'ca.key', serverKey: 'server.key' } as const

/** Makes a private key. */
export async function makeKeyPem(): Promise<string> {
  const pair = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

/** A private key, as PEM or read already, with its public key. */
export async function toKeyPair(key: KeyObject | string): Promise<KeyPair> {
  const privateKey = typeof key === 'string' ? createPrivateKey(key) : key
  const publicKey = createPublicKey(privateKey)
  const { subtle } = webcrypto
  return {
    privateKey: await subtle.importKey(
      'pkcs8',
      privateKey.export({ format: 'der', type: 'pkcs8' }),
      keyAlgorithm,
      true,
      ['sign'],
    ),
    publicKey: await subtle.importKey(
      'spki',
      publicKey.export({ format: 'der', type: 'spki' }),
      keyAlgorithm,
      true,
      ['verify'],
    ),
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw emulatorError('ERR_EMULATOR_TLS', { reason: `${file} holds no private key` }, { cause })
  }
}

async function toServerKeys(
  caPem: string,
  caKey: KeyObject,
  serverKey: KeyObject,
): Promise<ServerKeys> {
  const spki = createPublicKey(serverKey).export({ format: 'der', type: 'spki' })
  return {
    caPem,
    caKeys: await toKeyPair(caKey),
    serverKeyPem: serverKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    serverKeys: await toKeyPair(serverKey),
    spkiHash: createHash('sha256').update(spki).digest('base64'),
  }
}

/** Makes keys that are gone when the process ends. */
export async function makeServerKeys(
  makeCertificate: (keys: KeyPair) => Promise<string>,
): Promise<ServerKeys> {
  const caKey = createPrivateKey(await makeKeyPem())
  const serverKey = createPrivateKey(await makeKeyPem())
  return await toServerKeys(await makeCertificate(await toKeyPair(caKey)), caKey, serverKey)
}

/**
 * Reads the keys of a folder, or makes those of an empty one. Nothing is written over: a folder that
 * lacks a part is refused. Several emulators can share one folder.
 *
 * @param folder is made when it is missing
 * @param makeCertificate makes the authority's own certificate of its keys
 * @throws ERR_EMULATOR_TLS when the folder cannot be used
 */
export async function provideStoredKeys(
  folder: string,
  makeCertificate: (keys: KeyPair) => Promise<string>,
): Promise<StoredKeys> {
  const at = (name: string) => join(folder, name)
  const write = (name: string, text: string, mode: number) =>
    writeFile(at(name), text, { flag: 'wx', mode })
  const provide = async () => {
    const found = await Promise.all(Object.values(names).map((name) => readIfThere(at(name))))
    if (found.every((text) => text === undefined)) {
      const caKeyPem = await makeKeyPem()
      await write(names.caKey, caKeyPem, 0o600)
      await write(names.serverKey, await makeKeyPem(), 0o600)
      const caPem = await makeCertificate(await toKeyPair(caKeyPem))
      await write(names.ca, caPem, 0o644)
    }
    const [caPem, caKeyPem, serverKeyPem] = await Promise.all(
      Object.values(names).map((name) => readIfThere(at(name))),
    )
    if (caPem === undefined || caKeyPem === undefined || serverKeyPem === undefined)
      throw emulatorError('ERR_EMULATOR_TLS', {
        reason: `${folder} holds only some of ${Object.values(names).join(', ')}`,
      })
    const keys = await toServerKeys(
      caPem,
      parseKey(caKeyPem, at(names.caKey)),
      parseKey(serverKeyPem, at(names.serverKey)),
    )
    return { ...keys, caFile: at(names.ca) }
  }
  try {
    await makeFolder(folder)
    return await withLock(at('.lock'), provide)
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code !== 'string' || code.startsWith('ERR_EMULATOR')) throw error
    throw emulatorError('ERR_EMULATOR_TLS', { reason: `${folder}: ${code}` }, { cause: error })
  }
}
