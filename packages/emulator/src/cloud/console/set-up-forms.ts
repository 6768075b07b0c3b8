import { randomBytes } from 'node:crypto'
import type { AppAnswer, AppRequest } from '../../http/call-app.ts'
import { isObject } from '../../http/read-body.ts'
import { documentedErrors } from '../errors/documented-errors.ts'
import type { CloudSwitches } from '../switch-definitions.ts'

/** How a form ends that was not saved. */
export interface FormRefusal {
  readonly field: string
  readonly error: string
  readonly hint: string
}

/** A form that was saved, with what was made for it. */
export interface FormSuccess {
  readonly resource: unknown
  /** What was empty and therefore generated. */
  readonly generated: readonly string[]
}

type Call = (request: Omit<AppRequest, 'headers'>) => Promise<AppAnswer>

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const lineBreakRule =
  documentedErrors.find(({ id }) => id === 'idp-certificate')?.title ?? 'No line breaks'

/** Which field of a form a member of the tenant's payload is. */
function toRefusal(
  answer: AppAnswer,
  fields: Readonly<Record<string, string>>,
  first: string,
): FormRefusal {
  const body = isObject(answer.body) ? answer.body : {}
  const [failure]: unknown[] = Array.isArray(body.errors) ? body.errors : []
  const { title, detail, source } = isObject(failure) ? failure : {}
  const pointer = isObject(source) ? textOf(source.pointer) : ''
  return {
    field: fields[pointer] ?? first,
    error: textOf(detail) || textOf(title) || `The tenant answered ${answer.status}`,
    hint: 'Nothing was saved. Correct the field and save again.',
  }
}

/**
 * The form of a JWT identity provider: as in Qlik's, issuer and key ID are generated when they are empty,
 * and a certificate with line breaks is not saved.
 */
export async function saveIdentityProvider(
  form: unknown,
  switches: CloudSwitches,
  call: Call,
): Promise<FormSuccess | FormRefusal> {
  const given = isObject(form) ? form : {}
  const certificate = textOf(given.certificate)
  if (certificate.trim() === '')
    return {
      field: 'certificate',
      error: 'The certificate is missing',
      hint: 'Paste the certificate that belongs to the private key of the signer; never the private key.',
    }
  if (switches.pemLineBreaks === 'refused' && /[\r\n]|\s$/.test(certificate))
    return {
      field: 'certificate',
      error: lineBreakRule,
      hint: 'Make it a single line: keep the first and last line of the file, and remove every line break. The switch pemLineBreaks lets them pass, as one of Qlik’s samples expects.',
    }
  const makeUp = () => randomBytes(16).toString('hex')
  const [issuer, keyId] = [textOf(given.issuer), textOf(given.keyId)]
  const tolerance = given.clockToleranceSec
  const answer = await call({
    method: 'POST',
    path: '/api/v1/identity-providers',
    body: {
      protocol: 'jwtAuth',
      provider: 'external',
      description: textOf(given.description),
      ...(tolerance === undefined || tolerance === '' ? {} : { clockToleranceSec: tolerance }),
      options: {
        issuer: issuer || makeUp(),
        staticKeys: [{ kid: keyId || makeUp(), pem: certificate }],
      },
    },
  })
  if (answer.status !== 201)
    return toRefusal(
      answer,
      {
        '/options/issuer': 'issuer',
        '/options/staticKeys/0/kid': 'keyId',
        '/clockToleranceSec': 'clockToleranceSec',
        '/options': 'issuer',
      },
      'certificate',
    )
  const generated = [...(issuer === '' ? ['issuer'] : []), ...(keyId === '' ? ['keyId'] : [])]
  return { resource: answer.body, generated }
}

/** The form of a web integration: an origin with a path or a trailing slash is refused with words. */
export async function saveWebIntegration(
  form: unknown,
  call: Call,
): Promise<FormSuccess | FormRefusal> {
  const given = isObject(form) ? form : {}
  const name = textOf(given.name)
  if (name === '')
    return {
      field: 'name',
      error: 'The name is missing',
      hint: 'Any name that tells you what it is for.',
    }
  const answer = await call({
    method: 'POST',
    path: '/api/v1/web-integrations',
    body: { name, validOrigins: given.validOrigins },
  })
  if (answer.status === 201) return { resource: answer.body, generated: [] }
  return toRefusal(answer, { '/name': 'name' }, 'validOrigins')
}
