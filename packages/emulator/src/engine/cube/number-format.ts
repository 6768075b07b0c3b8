import { numberText } from '../data/field-value.ts'
import { type JsonObject, numberAt, textAt } from '../json.ts'

/**
 * What the engine answers where no format is set. Empty marks (`qDec: ''`) are left out, since sn-kpi
 * takes them for separators and draws garbage.
 */
export const automaticFormat: JsonObject = { qType: 'U', qnDec: 10, qUseThou: 0 }

const numberTypes: readonly string[] = ['F', 'I', 'R', 'M']
const pattern = /^([^#0]*)([#0](?:[#0,. ]*[#0])?)([^#0]*)$/

/**
 * Writes a number in a `qNumFormat`: patterns such as `#,##0.00`, `0.0%` or `$#,##0`. Types that the
 * emulator does not format (dates, times, intervals) give the plain number, never a wrong date.
 */
export function formatNumber(number: number, format: JsonObject): string {
  if (!numberTypes.includes(textAt(format, 'qType'))) return numberText(number)
  const [positive, negative] = textAt(format, 'qFmt').split(';')
  const chosen = number < 0 && negative !== undefined ? negative : (positive ?? '')
  const parts = pattern.exec(chosen)
  if (parts === null) return withoutPattern(number, format)
  const [, prefix = '', digits = '', suffix = ''] = parts
  const decimalMark = textAt(format, 'qDec', '.') || '.'
  const thousandMark = textAt(format, 'qThou', ',') || ','
  const percent = suffix.includes('%') || prefix.includes('%')
  const magnitude = Math.abs(percent ? number * 100 : number)
  const mark = digits.lastIndexOf(decimalMark)
  const fraction = mark < 0 ? '' : digits.slice(mark + decimalMark.length)
  const groups = (mark < 0 ? digits : digits.slice(0, mark)).includes(thousandMark)
  const text = fixed(magnitude, fraction.length, minimumDigits(fraction))
  const [whole = '0', decimals = ''] = text.split('.')
  const grouped = groups ? whole.replace(/\B(?=(\d{3})+$)/g, thousandMark) : whole
  const body = decimals === '' ? grouped : `${grouped}${decimalMark}${decimals}`
  const sign = number < 0 && negative === undefined && Number(text) !== 0 ? '-' : ''
  return `${sign}${prefix}${body}${suffix}`
}

function withoutPattern(number: number, format: JsonObject): string {
  if (textAt(format, 'qType') === 'I') return String(Math.round(number))
  const decimals = numberAt(format, 'qnDec')
  return textAt(format, 'qType') === 'F' ? number.toFixed(clamp(decimals)) : numberText(number)
}

function minimumDigits(fraction: string): number {
  return fraction.lastIndexOf('0') + 1
}

/** `#` after the decimal mark shows a digit only when there is one. */
function fixed(magnitude: number, most: number, least: number): string {
  const text = magnitude.toFixed(clamp(most))
  const [whole = '0', decimals = ''] = text.split('.')
  let kept = decimals
  while (kept.length > least && kept.endsWith('0')) kept = kept.slice(0, -1)
  return kept === '' ? whole : `${whole}.${kept}`
}

function clamp(decimals: number): number {
  return Math.min(Math.max(Math.trunc(decimals), 0), 20)
}
