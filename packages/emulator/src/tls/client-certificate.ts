import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emulatorError } from '../errors.ts'
import { makeFolder } from '../make-folder.ts'
import { makeKeyPem, type ServerKeys, toKeyPair } from './stored-keys.ts'

/** What a client needs for QRS and QPS, each as PEM. */
export interface ClientCertificate {
  /** The certificate of the authority: trust it. */
  readonly root: string
  readonly client: string
  readonly clientKey: string
}

/** The names of the files, as a server exports them. */
const clientCertificateFiles = {
  root: 'root.pem',
  client: 'client.pem',
  clientKey: 'client_key.pem',
} as const

/** Makes a key and a certificate for a client. */
export async function makeClientCredentials({
  caPem,
  caKeys,
}: ServerKeys): Promise<ClientCertificate> {
  const { makeClientCertificate } = await import('./certificates.ts')
  const clientKey = await makeKeyPem()
  const clientKeys = await toKeyPair(clientKey)
  return {
    root: caPem,
    client: await makeClientCertificate({ caPem, caKeys, clientKeys }),
    clientKey,
  }
}

/** Whether a folder has the certificate of a client that this authority signed. */
async function holdsOwn(folder: string, rootPem: string): Promise<boolean> {
  try {
    const client = await readFile(join(folder, clientCertificateFiles.client), 'utf8')
    return new X509Certificate(client).verify(new X509Certificate(rootPem).publicKey)
  } catch {
    return false
  }
}

/**
 * Writes `root.pem`, `client.pem` and `client_key.pem` into a folder, the key with mode 0600. Nothing is written
 * over: files of the same authority stay as they are.
 *
 * @param folder is made when it is missing
 * @throws ERR_EMULATOR_CERTIFICATES when files of these names are there, or the folder cannot be written to
 */
export async function exportClientCertificate(
  certificate: ClientCertificate,
  folder: string,
): Promise<void> {
  const { root, client, clientKey } = clientCertificateFiles
  const refuse = (reason: string, cause: unknown) =>
    emulatorError('ERR_EMULATOR_CERTIFICATES', { folder, reason }, { cause })
  await makeFolder(folder).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(`the folder cannot be made (${cause.code})`, cause)
  })
  try {
    if (await holdsOwn(folder, certificate.root)) return
    await writeFile(join(folder, clientKey), certificate.clientKey, { flag: 'wx', mode: 0o600 })
    await writeFile(join(folder, client), certificate.client, { flag: 'wx', mode: 0o644 })
    await writeFile(join(folder, root), certificate.root, { flag: 'wx', mode: 0o644 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'it holds files of another authority' : String(code)
    throw refuse(reason, cause)
  }
}
