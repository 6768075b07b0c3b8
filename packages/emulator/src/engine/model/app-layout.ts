import type { JsonObject } from '../json.ts'
import type { Doc } from './doc.ts'

/** What `GetAppLayout` tells. The locale is the one that texts are sorted and numbers written in. */
export function appLayout(doc: Doc): JsonObject {
  const { app } = doc
  return {
    qTitle: app.name,
    qFileName: app.id,
    qLastReloadTime: app.lastReloadTime,
    qModified: false,
    qHasScript: false,
    qHasData: doc.table.rowCount > 0,
    qStateNames: [],
    qMeta: { privileges: ['read', 'exportdata'] },
    qLocaleInfo: localeInfo,
    qThumbnail: { qUrl: '' },
    qReadOnly: true,
    qIsOpenedWithoutData: doc.isWithoutData,
    qIsSessionApp: false,
    qUnsupportedFeatures: [],
    published: false,
  }
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

const localeInfo: JsonObject = {
  qDecimalSep: '.',
  qThousandSep: ',',
  qListSep: ',',
  qMoneyDecimalSep: '.',
  qMoneyThousandSep: ',',
  qCurrentYear: 0,
  qMoneyFmt: '$#,##0.00;-$#,##0.00',
  qTimeFmt: 'h:mm:ss TT',
  qDateFmt: 'M/D/YYYY',
  qTimestampFmt: 'M/D/YYYY h:mm:ss[.fff] TT',
  qCalendarStrings: {
    qDayNames: days.map((day) => day.slice(0, 3)),
    qLongDayNames: days,
    qMonthNames: months.map((month) => month.slice(0, 3)),
    qLongMonthNames: months,
  },
  qFirstWeekDay: 6,
  qBrokenWeeks: true,
  qReferenceDay: 0,
  qFirstMonthOfYear: 1,
  qCollation: 'en-US',
  qNumericalAbbreviation:
    '3:k;6:M;9:G;12:T;15:P;18:E;21:Z;24:Y;-3:m;-6:μ;-9:n;-12:p;-15:f;-18:a;-21:z;-24:y',
}
