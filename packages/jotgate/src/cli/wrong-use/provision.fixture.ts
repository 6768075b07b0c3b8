import { type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** `jotgate plan`, `jotgate apply` and `jotgate destroy`. */
export const provision = ({ at }: RightLines): readonly WrongUse[] => {
  const cloud = `--for cloud --url https://acme.example --issuer acme --key ${at('good.pem')}`
  return ['plan', 'apply', 'destroy'].flatMap((command) => [
    typed(command, /--for is missing|missing: /),
    typed(`${command} ${cloud}`, /setup\.id is missing.*Add `"setup": \{ "id": "[0-9a-f]{8}" \}`/s),
    typed(`${command} --deployment`, /--deployment/),
    typed(`${command} --for cloud --prefix jwt`, /--prefix is for client-managed Qlik only/),
    typed(`${command} ${cloud} --timeout soon`, /--timeout must be/),
    typed(
      `${command} --allow-deletes`,
      command === 'plan' ? /is unknown/ : /did you mean --allow-delete/,
    ),
    typed(`${command} --config ${at('none.json')}`, /none\.json does not exist/),
  ])
}
