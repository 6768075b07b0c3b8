import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  webcrypto,
} from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emulatorError } from '../errors.ts'
import { withLock } from '../process-lock.ts'

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A key pair as Web Crypto wants it. */
export interface KeyPair {
  readonly privateKey: webcrypto.CryptoKey
  readonly publicKey: webcrypto.CryptoKey
}

/** What a folder keeps: the authority, and the key of the server. */
export interface StoredKeys {
  readonly caFile: string
  readonly caPem: string
  readonly caKeys: KeyPair
  readonly serverKeyPem: string
  readonly serverKeys: KeyPair
  /** SHA-256 of the server's public key, as Chromium's --ignore-certificate-errors-spki-list takes it. */
  readonly spkiHash: string
}

const names = { ca: 'ca.pem', caKey: 'ca.key', serverKey: 'server.key' } as const

async function makeKeyPem(): Promise<string> {
  const pair = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

async function toKeyPair(privateKey: KeyObject): Promise<KeyPair> {
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
      const caPem = await makeCertificate(await toKeyPair(createPrivateKey(caKeyPem)))
      await write(names.ca, caPem, 0o644)
    }
    const [caPem, caKeyPem, serverKeyPem] = await Promise.all(
      Object.values(names).map((name) => readIfThere(at(name))),
    )
    if (caPem === undefined || caKeyPem === undefined || serverKeyPem === undefined)
      throw emulatorError('ERR_EMULATOR_TLS', {
        reason: `${folder} holds only some of ${Object.values(names).join(', ')}`,
      })
    const serverKey = parseKey(serverKeyPem, at(names.serverKey))
    const spki = createPublicKey(serverKey).export({ format: 'der', type: 'spki' })
    return {
      caFile: at(names.ca),
      caPem,
      caKeys: await toKeyPair(parseKey(caKeyPem, at(names.caKey))),
      serverKeyPem,
      serverKeys: await toKeyPair(serverKey),
      spkiHash: createHash('sha256').update(spki).digest('base64'),
    }
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return await withLock(at('.lock'), provide)
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code !== 'string' || code.startsWith('ERR_EMULATOR')) throw error
    throw emulatorError('ERR_EMULATOR_TLS', { reason: `${folder}: ${code}` }, { cause: error })
  }
}
