import type { ClientText, DocumentedError } from '../../control/faults/error-catalogue.ts'

const text = { statusStyle: 'none', certainty: 'documented' } as const

/** Errors that QRS and QPS answer: texts alone. */
export const serviceErrors: readonly DocumentedError[] = [
  {
    ...text,
    id: 'qrs-missing-parameter',
    code: 'HTTP-400',
    title: 'Missing parameter value(s)',
    status: 400,
    method: 'GET',
    path: '/',
    cause: 'A part of the query has no value: an & inside a filter was not escaped.',
    advice: 'Encode the whole value of the filter: %26 for &, %23 for #.',
    source: 'butler-sheet-icons, tried at a server',
  },
  {
    ...text,
    id: 'qrs-cannot-parse',
    code: 'HTTP-400',
    title: "Cannot parse the expression: name eq 'x",
    status: 400,
    method: 'GET',
    path: '/',
    cause:
      'The filter names a field that there is not, lacks a quote, or compares with an operator that the field’s type does not have.',
    advice:
      'Put strings into single quotes, and use eq, ne, so, sw and ew for strings, gt to le for numbers and dates.',
    source: 'butler-sheet-icons, tried at a server; help.qlik.com, “Filtering”',
  },
  {
    ...text,
    id: 'qrs-conflict',
    code: 'HTTP-409',
    title: 'Conflict',
    status: 409,
    method: 'GET',
    path: '/',
    cause:
      'The entity was changed since it was read: its modifiedDate is more recent than the one in the body.',
    advice: 'Read the entity again, repeat the change in what came, and send it whole.',
    source: 'help.qlik.com, “Conflict handling”',
  },
  {
    ...text,
    id: 'qrs-forbidden',
    code: 'HTTP-403',
    title: 'Forbidden',
    status: 403,
    method: 'GET',
    path: '/',
    cause: 'No security rule lets the caller do this to the entity.',
    advice:
      'Give the service user a rule for exactly that: a resource filter, actions, and a condition with their ID and directory, in the context of the QMC.',
    source: 'Reports of service users without a rule; the words of the body were not seen',
  },
  {
    ...text,
    id: 'qps-forbidden',
    code: 'HTTP-403',
    title: 'Forbidden',
    status: 403,
    method: 'GET',
    path: '/',
    cause: 'The request brought no client certificate of the site, or no Xrfkey.',
    advice:
      'Send client.pem with client_key.pem, trust root.pem, and send the Xrfkey in query and header. A token does not open QPS.',
    source: 'Qlik Community, thread 179975',
  },
]

/** Texts of clients at QRS and QPS, which no server sends. */
export const serviceClientTexts: readonly ClientText[] = [
  {
    text: 'Hostname/IP does not match certificate’s altnames',
    who: 'Node and its libraries, at the ports of QRS and QPS',
    cause: 'The certificate has the short name of the node, and the full name was asked.',
    advice: 'Ask by the name that Host.cfg of the server has.',
  },
]
