import { X509Certificate } from 'node:crypto'

/** The certificate that Qlik has, in PEM; undefined where it has something else, such as a public key alone. */
export function certificateIn(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).toString()
  } catch {
    return undefined
  }
}
