import { choice, flag, wholeNumber } from '../../control/switch-definition.ts'

/** Each fact about QRS and its security rules that no source settles, as a switch. */
export const qrsSwitches = {
  qrsCreateStatus: choice([201, 200], 'The status when an entity was created', [
    'inferred',
    'qlik-repo-api expects 201 of tables; qrs-interact takes 200, 201 and 204',
  ]),
  qrsDuplicateStatus: choice(
    [400, 409],
    'The status when a prefix, a session cookie or another unique value is taken',
    ['inferred', 'help.qlik.com, “Virtual proxy: Create”, says unique and gives no status'],
  ),
  qrsUnreadable: choice([403, 404], 'The status for an entity that the caller may not read', [
    'unknown',
    'A refusal was seen as 403; no source tells it from an ID that there is not',
  ]),
  qrsCountForm: choice(
    ['object', 'number'],
    'What /count answers: {"value": 3}, or the number alone',
    ['documented', 'qlik-sense-mcp, measured at 31.60: the object; help.qlik.com: Integer'],
  ),
  qrsRecordLimit: wholeNumber(100, [1, 100_000], 'How many entities a list gives at most', [
    'inferred',
    'qlik-sense-mcp: cut at MaxRecordLimit, 100; other clients list more than that',
  ]),
  qrsQuotes: choice(
    ['both', 'doubled', 'backslash'],
    'How a quote inside a string of a filter is written: twice, behind a backslash, or either',
    ['documented', 'qlik-sense-mcp doubles it; butler-sheet-icons writes a backslash'],
  ),
  qrsFilterNot: flag(false, 'Whether not is a word of filters', [
    'inferred',
    'help.qlik.com, “Filtering”, has and and or alone',
  ]),
  qrsOmittedFields: choice(
    ['reset', 'kept'],
    'What fields become that the body of a PUT omits: their defaults, or what they were',
    ['documented', 'help.qlik.com, conflict handling: reset for some entities'],
  ),
  qrsContextOfCertificate: choice(
    ['management', 'app'],
    'The context of security rules for a request with a client certificate and no X-Qlik-Security',
    ['unknown', 'qlik-rest-api and Qlik-Cli send ManagementAccess themselves'],
  ),
  qrsContextOfProxy: choice(
    ['management', 'app'],
    'The context of security rules for a request to /qrs through a virtual proxy',
    ['unknown', 'The proxy writes X-Qlik-Security itself; no source shows it for such a request'],
  ),
  attributesOfSessions: choice(
    ['user-and-environment', 'environment'],
    'Whether security rules find an attribute of a session as user.NAME too, beside user.environment.NAME',
    ['inferred', 'qs-jwt: user.environment; iPortal and Qlik’s own examples write user.group'],
  ),
}
