import { createServer, type Server, type ServerOptions } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import { type ClientCertificate, makeClientCredentials } from './client-certificate.ts'
import { makeServerKeys, provideStoredKeys } from './stored-keys.ts'

/** How the emulator serves https. */
export interface TlsOptions {
  /** Where the authority and the keys are, and are made when it is empty; nothing in it is written over. */
  readonly folder: string
}

/** What clients need in order to trust the server. */
export interface TlsTrust {
  /** The authority's certificate: for `NODE_EXTRA_CA_CERTS`, or the trust store of a browser. */
  readonly caFile: string
  readonly caPem: string
  /** For Chromium: `--ignore-certificate-errors-spki-list=HASH`. */
  readonly spkiHash: string
}

/** https servers that share one authority. */
export interface SecureServers {
  /**
   * Makes a server.
   *
   * @param options.asksClient it asks for a client certificate of the same authority, and tells by
   * `socket.authorized` whether one came
   */
  createServer(options?: { maxHeaderSize?: number; asksClient?: boolean }): Server
  /** Undefined where the keys are in no folder. */
  readonly trust: TlsTrust | undefined
  /** Makes a client certificate, once. */
  clientCertificate(): Promise<ClientCertificate>
}

/** What the first certificate is for; a client that asks for another `*.localhost` gets one of its own. */
const firstNames = ['localhost', '127.0.0.1', '::1'] as const

const ownName = /^(?:[a-z0-9-]+\.)+localhost$/i

/** Certificates for names that clients ask for; a flood of names makes no flood of certificates. */
const maximumNames = 200

/**
 * Makes the https servers of the emulator, for `localhost`, every `*.localhost`, 127.0.0.1 and [::1]. A
 * wildcard would not do: Node and OpenSSL match none on a name of two labels, so each name gets a
 * certificate when a client asks for it (SNI, RFC 6066 §3), all with the same key.
 *
 * @param options new keys are made and kept in memory alone when omitted
 * @param publicHosts names of public addresses, which have certificates too
 */
export async function createSecureServers(
  options: TlsOptions | undefined,
  publicHosts: readonly string[] = [],
): Promise<SecureServers> {
  // Loaded only here: who serves http starts without it.
  const { makeAuthority, makeServerCertificate } = await import('./certificates.ts')
  const stored =
    options === undefined ? undefined : await provideStoredKeys(options.folder, makeAuthority)
  const keys = stored ?? (await makeServerKeys(makeAuthority))
  const { caPem, serverKeyPem, spkiHash } = keys
  const first = await makeServerCertificate({ ...keys, names: firstNames })
  const contexts = new Map<string, Promise<SecureContext>>()

  const isOwn = (name: string) => ownName.test(name) || publicHosts.includes(name)

  const contextFor = (name: string): Promise<SecureContext> | undefined => {
    const known = contexts.get(name)
    if (known !== undefined || !isOwn(name) || contexts.size >= maximumNames) return known
    const made = makeServerCertificate({ ...keys, names: [name] }).then((cert) =>
      createSecureContext({ key: serverKeyPem, cert: [cert, caPem].join('\n') }),
    )
    contexts.set(name, made)
    return made
  }
  const settings: ServerOptions = {
    key: serverKeyPem,
    cert: [first, caPem].join('\n'),
    minVersion: 'TLSv1.2',
    SNICallback(name, done) {
      const context = contextFor(name.toLowerCase())
      // Without one, the server's first certificate is shown.
      if (context === undefined) done(null)
      else
        context.then(
          (found) => done(null, found),
          (error: Error) => done(error),
        )
    },
  }
  // The product answers who brings no certificate, or another authority's: as Qlik, with 403.
  const asking: ServerOptions = { ca: caPem, requestCert: true, rejectUnauthorized: false }
  let client: Promise<ClientCertificate> | undefined
  return {
    createServer: ({ asksClient = false, ...own } = {}) =>
      createServer({ ...settings, ...own, ...(asksClient ? asking : {}) }),
    trust: stored && { caFile: stored.caFile, caPem, spkiHash },
    clientCertificate() {
      client ??= makeClientCredentials(keys)
      return client
    },
  }
}
