const dateForm = /^\d{4}-(\d{2})-(\d{2})$/;
const dateTimeForm =
  /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A day of the calendar. Source: RFC 3339, `full-date`. */
export function isDate(text: string): boolean {
  const [, month, day] = dateForm.exec(text) ?? [];
  if (day === undefined) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

/** A moment, with its offset. Source: RFC 3339, `date-time`; leap seconds are not taken. */
export function isDateTime(text: string): boolean {
  const [, date] = dateTimeForm.exec(text) ?? [];
  return date !== undefined && isDate(date);
}
