import type { CommandSpec, OptionSpec } from '../../packages/jotgate/src/cli/command.ts'
import { commands } from '../../packages/jotgate/src/cli/commands.ts'

/** The page docs/reference/cli.md. */
export async function cliReference(): Promise<string> {
  const specs = await Promise.all(commands.map(({ load }) => load()))
  const lines = [
    '# The command `jotgate`',
    '',
    '<!-- Generated from packages/jotgate/src/cli by `npm run docs`. Do not edit. -->',
    '',
    'The result goes to stdout, and nothing else does; notes, warnings and errors go to stderr. Exit codes: **0** done,',
    '**1** failed, **2** wrong use, **3** done with findings, **70** a bug in jotgate. A pipe that is closed early ends the',
    'command quietly.',
    '',
    '- **Precedence**: option, then environment, then configuration file ([config.md](config.md)), then default. Each option of',
    '  our own commands may come from the environment: `--user-id` from `JOTGATE_USER_ID`. A switch takes `true` or `false`',
    '  there, a repeatable option one value or a JSON list. Options that come from the command line alone are marked.',
    '- **`--for`** starts from nothing; **`--deployment`** takes a deployment of the file. With neither, the file’s',
    '  only or default deployment is meant.',
    '- **`--json`**: the result as one line of JSON, in the shape that each command names; an error is then one line',
    '  `{"error":{code,message,hint,docs}}` on stderr.',
    '- **`--out`**: the result as a file of its owner alone (0600), written whole or not at all.',
    '- **Times**: `60s`, `5m`, `1h`; a bare number is seconds.',
    '- Colours appear on a terminal only, and not with `NO_COLOR`.',
    '',
    '| command | what it does |',
    '| --- | --- |',
    ...specs.map(
      ({ name, summary }) => `| [${name}](#jotgate-${name.replaceAll(' ', '-')}) | ${summary} |`,
    ),
    ...specs.flatMap(describe),
  ]
  return `${lines.join('\n')}\n`
}

function describe(spec: CommandSpec): string[] {
  const operands = (spec.operands ?? []).map(({ name, optional }) =>
    optional ? `[${name}]` : `<${name}>`,
  )
  return [
    '',
    `## jotgate ${spec.name}`,
    '',
    spec.description,
    '',
    '```sh',
    ...spec.examples.map((example) => example.replaceAll(/\n {2}\$ /g, '\n')),
    '```',
    '',
    ...(operands.length === 0
      ? []
      : [
          `Operands: ${operands.map((operand) => `\`${operand}\``).join(' ')}: ${(spec.operands ?? []).map(({ description }) => description).join('; ')}.`,
          '',
        ]),
    ...(spec.options.length === 0
      ? []
      : ['| option | |', '| --- | --- |', ...spec.options.map(row), '']),
    ...(spec.notes === undefined ? [] : [cell(spec.notes.replaceAll('\n', ' '))]),
  ].map((line, index, all) => (index === all.length - 1 && line === '' ? '' : line))
}

function row({ flags, description, choices, otherwise, repeatable, onlyFlag }: OptionSpec): string {
  const facts = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(otherwise === undefined ? [] : [`default: ${otherwise}`]),
    ...(repeatable ? ['repeatable'] : []),
    ...(onlyFlag ? ['command line alone'] : []),
  ]
  const behind = facts.length === 0 ? '' : `; ${facts.join('; ')}`
  return `| \`${flags}\` | ${cell(`${description}${behind}`)} |`
}

/** Markdown must not take what stands in angle brackets for HTML, nor a bar for a column. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
