import { type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** `jotgate doctor`. */
export const doctor = ({ at }: RightLines): readonly WrongUse[] => [
  typed('docter', /did you mean `jotgate doctor`/),
  typed('doctor', /--deployment/),
  typed('doctor --create-test-user', /needs --as SUBJECT/),
  typed('doctor --yes', /--yes belongs to --fix/),
  typed(
    'doctor --for cloud --url https://acme.eu.qlikcloud.com --issuer a',
    /the private key is missing/,
  ),
  typed('doctor --hra a.har', /did you mean --har/),
  typed('doctor --cleaned a.har', /missing: --har/),
  typed(`doctor --har ${at('none.har')}`, /none\.har does not exist/),
  typed(`doctor --har ${at('folder.pem')}`, /is a folder, not a file/),
  typed(`doctor --har ${at('pipe')}`, /is a device or a pipe/),
  typed(`doctor --har ${at('empty.pem')}`, /is not a HAR: it is empty/),
  typed(`doctor --har ${at('good.pem')}`, /is not a HAR: it is not JSON from line 1 on/),
  typed(`doctor --har ${at('noise.pem')}`, /is not a HAR: it is not UTF-8/),
  typed(`doctor --har ${at('broken.json')}`, /is not a HAR: it is not JSON/),
  typed(`doctor --har ${at('user.json')}`, /is not a HAR: it has no member log/),
  typed(`doctor --har ${at('list.json')}`, /is not a HAR: it has no member log/),
]
