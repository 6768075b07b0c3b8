import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const templates = join(root, 'packages/jotgate/templates')

export const firstChartFile = 'docs/guides/first-chart.md'

/** A file that a guide shows: its name in bold, alone on a line, and its text as a block below. */
const shownFile = /^\*\*`([^`]+)`\*\*(.*\n\n```\w+\n)([\s\S]*?)^```$/gm

/** The guide, in which each file that jotgate add writes is as it writes it. Other files are the guide's own. */
export function firstChartGuide(): string {
  const page = readFileSync(join(root, firstChartFile), 'utf8')
  return page.replaceAll(shownFile, (block, name: string, between: string) => {
    const template = templateOf(name)
    return template === undefined ? block : `**\`${name}\`**${between}${template}\`\`\``
  })
}

function templateOf(name: string): string | undefined {
  const places = ['shared', 'bundled', 'express', 'next'].map((kind) => join(templates, kind, name))
  const place = places.find((file) => existsSync(file))
  return place === undefined ? undefined : readFileSync(place, 'utf8')
}

/** The files that a part of a guide shows, by their names. */
export function filesIn(text: string): Map<string, string> {
  return new Map([...text.matchAll(shownFile)].map(([, name = '', , file = '']) => [name, file]))
}
