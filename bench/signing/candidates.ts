import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { createSigner as createFastSigner, createVerifier } from 'fast-jwt'
import { jwtVerify, SignJWT } from 'jose'
import { checkToken, cloud, createSigner } from 'jotgate'
import { readSigningKey } from 'jotgate/keys'
import jsonwebtoken from 'jsonwebtoken'
import { claimsNow, issuer, kid, url, user } from './workload.ts'

/** One operation of a candidate. When it gives no promise, it has held the event loop. */
export type Operation = () => unknown

/** A way to sign or verify, prepared once with a key. */
export interface Candidate {
  name: string
  of: 'sign' | 'verify'
  /** How many processes share the work; 1 when left out. */
  processes?: number
  /** How many requests it is given at once; 32 when left out. */
  atOnce?: number
  /** UV_THREADPOOL_SIZE; Node's own 4 when left out. */
  poolSize?: number
  prepare(keyFile: string): Promise<Operation>
}

/** The other limit: what two cores of the same Node do when nothing else matters. */
export const twoProcesses = 'node:crypto, synchronous, two processes'

const audience = 'qlik.api/login/jwt-session'
const deployment = cloud({ url, issuer })
const signAsync = promisify<string, Uint8Array, KeyObject, Buffer>(sign)
const verifyAsync = promisify<string, Uint8Array, KeyObject, Uint8Array, boolean>(verify)

const readPem = (file: string) => readFileSync(file, 'utf8')
const readKey = (file: string) => createPrivateKey(readPem(file))
const readPublic = (file: string) => createPublicKey(readKey(file))

/** Header and claims as text, made again for each token, as every library must. */
function unsignedText(): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claimsNow())}`
}

function signedToken(file: string): string {
  return jsonwebtoken.sign(claimsNow(), readKey(file), { algorithm: 'RS256', keyid: kid })
}

const jotgateSign = async (file: string): Promise<Operation> => {
  const signer = createSigner({ deployment, key: await readSigningKey({ file, kid }) })
  return () => signer.sign(user)
}

const syncSign = async (file: string): Promise<Operation> => {
  const key = readKey(file)
  return () => {
    const text = unsignedText()
    return [`${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`]
  }
}

const callbackSign = async (file: string): Promise<Operation> => {
  const key = readKey(file)
  return async () => {
    const text = unsignedText()
    const signature = await signAsync('sha256', Buffer.from(text), key)
    return `${text}.${signature.toString('base64url')}`
  }
}

const joseSign = async (file: string): Promise<Operation> => {
  const key = readKey(file)
  return () => new SignJWT(claimsNow()).setProtectedHeader({ alg: 'RS256', kid }).sign(key)
}

/** As many as jotgate's queue has under way by itself. */
const few = 12

/** Those that sign on the thread pool as jotgate does, which has to keep up with the better of them. */
export const peers = {
  allAtOnce: { callback: 'node:crypto with a callback', jose: 'jose, KeyObject' },
  fewAtOnce: {
    callback: `node:crypto with a callback, ${few} at once`,
    jose: `jose, KeyObject, ${few} at once`,
  },
} as const

export const candidates: readonly Candidate[] = [
  { name: 'jotgate', of: 'sign', prepare: jotgateSign },
  { name: peers.allAtOnce.callback, of: 'sign', prepare: callbackSign },
  { name: peers.allAtOnce.jose, of: 'sign', prepare: joseSign },
  { name: peers.fewAtOnce.callback, of: 'sign', atOnce: few, prepare: callbackSign },
  { name: peers.fewAtOnce.jose, of: 'sign', atOnce: few, prepare: joseSign },
  { name: 'jotgate, UV_THREADPOOL_SIZE=2', of: 'sign', poolSize: 2, prepare: jotgateSign },
  { name: 'node:crypto, synchronous', of: 'sign', prepare: syncSign },
  { name: twoProcesses, of: 'sign', processes: 2, prepare: syncSign },
  {
    name: 'jsonwebtoken, PEM',
    of: 'sign',
    prepare: async (file) => {
      const pem = readPem(file)
      return () => [jsonwebtoken.sign(claimsNow(), pem, { algorithm: 'RS256', keyid: kid })]
    },
  },
  {
    name: 'jsonwebtoken, KeyObject',
    of: 'sign',
    prepare: async (file) => {
      const key = readKey(file)
      return () => [jsonwebtoken.sign(claimsNow(), key, { algorithm: 'RS256', keyid: kid })]
    },
  },
  {
    name: 'fast-jwt',
    of: 'sign',
    prepare: async (file) => {
      const signer = createFastSigner({ key: readPem(file), algorithm: 'RS256', kid })
      return () => [signer(claimsNow())]
    },
  },
  {
    name: 'jotgate, checkToken (every rule)',
    of: 'verify',
    prepare: async (file) => {
      const token = signedToken(file)
      const certificate = readPublic(file).export({ type: 'spki', format: 'pem' }).toString()
      return () => checkToken(token, deployment, { key: certificate })
    },
  },
  {
    name: 'node:crypto with a callback',
    of: 'verify',
    prepare: async (file) => {
      const key = readPublic(file)
      const [header, payload, signature = ''] = signedToken(file).split('.')
      const bytes = Buffer.from(`${header}.${payload}`)
      return () => verifyAsync('sha256', bytes, key, Buffer.from(signature, 'base64url'))
    },
  },
  {
    name: 'node:crypto, synchronous',
    of: 'verify',
    prepare: async (file) => {
      const key = readPublic(file)
      const [header, payload, signature = ''] = signedToken(file).split('.')
      const bytes = Buffer.from(`${header}.${payload}`)
      return () => [verify('sha256', bytes, key, Buffer.from(signature, 'base64url'))]
    },
  },
  {
    name: 'jsonwebtoken, PEM',
    of: 'verify',
    prepare: async (file) => {
      const pem = readPublic(file).export({ type: 'spki', format: 'pem' }).toString()
      const token = signedToken(file)
      return () => [jsonwebtoken.verify(token, pem, { algorithms: ['RS256'], audience, issuer })]
    },
  },
  {
    name: 'jsonwebtoken, KeyObject',
    of: 'verify',
    prepare: async (file) => {
      const key = readPublic(file)
      const token = signedToken(file)
      return () => [jsonwebtoken.verify(token, key, { algorithms: ['RS256'], audience, issuer })]
    },
  },
  {
    name: 'jose, KeyObject',
    of: 'verify',
    prepare: async (file) => {
      const key = readPublic(file)
      const token = signedToken(file)
      return () => jwtVerify(token, key, { algorithms: ['RS256'], audience, issuer })
    },
  },
  {
    name: 'fast-jwt, no cache',
    of: 'verify',
    prepare: async (file) => {
      const key = readPublic(file).export({ type: 'spki', format: 'pem' }).toString()
      const token = signedToken(file)
      const verifier = createVerifier({
        key,
        algorithms: ['RS256'],
        allowedAud: audience,
        allowedIss: issuer,
      })
      return () => [verifier(token)]
    },
  },
]
