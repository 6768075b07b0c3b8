import { more, type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** Tokens to look at, and to open a session with. */
export const tokensAndSessions = ({ at, jwt, target }: RightLines): readonly WrongUse[] => [
  // inspect
  { args: ['token', 'inspect'], stdin: '', says: /holds no token/ },
  { args: ['token', 'inspect', 'TOPSECRET'], says: /holds no token/ },
  more(['token', 'inspect'], `--file ${at('good.pem')}`, /holds no token/),
  more(['token', 'inspect'], `--file ${at('none.jwt')}`, /does not exist/),
  more(['token', 'inspect', jwt], `--file ${at('none.jwt')}`, /given twice/),
  more(['token', 'inspect', jwt], `--certificate ${at('none.cer')}`, /no file at/),
  more(
    ['token', 'inspect', jwt],
    `--certificate ${at('good.cer')} --jwks ${at('list.json')}`,
    /give one of/,
  ),
  more(['token', 'inspect', jwt], `--key ${at('good.pem')}`, /private key where/),
  more(['token', 'inspect', jwt], `--jwks ${at('broken.json')}`, /is not JSON/),
  // sessions
  more(['session', 'open', ...target], '', /the issuer/),
  more(['session', 'open', ...target], '--token TOPSECRET', /holds no token/),
  more(['session', 'open', '--for', 'cloud'], `--token ${jwt}`, /the address: --url/),
  more(['session', 'open', ...target], `--token ${jwt} --as xml`, /must be one of/),
  more(['session', 'open', ...target], `--token ${jwt} --token-file x`, /given twice/),
  more(['session', 'open', ...target], `--token ${jwt}`, /ERR_QLIK_UNREACHABLE/),
  more(['request', 'FETCH', '/x', ...target], `--token ${jwt}`, /method must be one of/),
  more(['request', 'GET', 'api/v1', ...target], `--token ${jwt}`, /begin with one slash/),
  more(['request', 'GET', '//evil.example/x', ...target], `--token ${jwt}`, /begin with one slash/),
  more(['request', 'GET', '/\\evil.example', ...target], `--token ${jwt}`, /begin with one slash/),
  more(['request', 'GET', '/x', ...target], `--token ${jwt} --data {}`, /takes no --data/),
  more(['request', 'POST', '/x', ...target], `--token ${jwt} --all-pages`, /is for GET/),
  more(
    ['request', 'POST', '/x', ...target],
    `--token ${jwt} --data @${at('none')}`,
    /does not exist/,
  ),
  typed('request GET', /path is missing/),
  more(
    ['request', 'GET', '/x', ...target],
    `--token ${jwt} --ca-file ${at('none')}`,
    /does not exist/,
  ),
  more(
    ['request', 'GET', '/x', ...target],
    `--token ${jwt} --ca-file ${at('good.pem')}`,
    /contains no certificate/,
  ),
  more(
    ['request', 'GET', '/about', '--qrs', '--url', 'https://a.example'],
    `--for client-managed --client-certificate ${at('good.cer')}`,
    /go together/,
  ),
  more(['sessions', 'list'], '--for client-managed', /the address is missing/),
  more(
    ['sessions', 'list', '--for', 'client-managed', '--url', 'https://a.example'],
    '',
    /takes nothing else/,
  ),
  more(
    ['sessions', 'end', '--for', 'client-managed', '--url', 'https://a.example'],
    '',
    /give one of/,
  ),
  more(['whoami', ...target], `--token ${jwt}`, /ERR_QLIK_UNREACHABLE/),
]
