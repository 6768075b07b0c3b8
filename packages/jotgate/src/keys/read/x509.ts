import { X509Certificate } from 'node:crypto'
import { keyErrors } from '../errors.ts'

/**
 * Parses a certificate in DER, with all that is used of it. Node parses the key and the dates of a certificate only
 * when they are read, and then throws errors that say neither what is wrong nor where.
 *
 * @throws ERR_KEY_FORM
 */
export function parseX509(der: Uint8Array, source: string): X509Certificate {
  const certificate = attempt('holds a damaged certificate', () => new X509Certificate(der))
  attempt(
    'holds a certificate whose public key is damaged or has an unknown algorithm',
    () => certificate.publicKey,
  )
  if (![certificate.validFromDate, certificate.validToDate].every(isDate))
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a certificate with an invalid date' })
  return certificate

  function attempt<Value>(problem: string, read: () => Value): Value {
    try {
      return read()
    } catch (cause) {
      throw keyErrors.ERR_KEY_FORM({ source, problem }, { cause })
    }
  }
}

const isDate = (date: Date) => !Number.isNaN(date.getTime())
