import type { Notice } from '../auth-store.ts';
import type { Control } from '../fields.ts';

/** Everything the components say. Another language is another object of this shape. */
export interface Texts {
  /** Which way the language is written; default as the page around it. */
  readonly direction?: 'ltr' | 'rtl';
  readonly title: string;
  readonly loading: string;
  readonly lead: string;
  readonly signIn: string;
  readonly signOut: string;
  readonly notices: Readonly<Record<Notice, string>>;
  readonly editKept: string;
  readonly editRestored: string;

  readonly failed: string;
  readonly tryAgain: string;
  readonly unreachable: string;
  readonly sessionEnded: string;
  readonly rateLimited: string;
  readonly serviceFailed: (requestId: string | undefined) => string;
  /** What the service said, in English. */
  readonly refused: (detail: string) => string;

  readonly noName: string;
  readonly emailVerified: string;
  readonly emailUnverified: string;
  readonly since: string;

  readonly details: string;
  /**
   * By the name of a preference or field (`address/city`), before the schema's own title; an
   * option of a choice is `theme.dark`.
   */
  readonly labels: Readonly<Record<string, string>>;
  readonly hints: Readonly<Record<string, string>>;
  /** What helps with a kind of control, where its field has no hint of its own. */
  readonly controlHints: Readonly<Partial<Record<Control, string>>>;
  readonly faults: {
    readonly tooLong: (most: number) => string;
    readonly tooMany: (most: number) => string;
    readonly tooSmall: (least: number) => string;
    readonly tooLarge: (most: number) => string;
    readonly notHttps: string;
    readonly notNumber: string;
    readonly notWhole: string;
    readonly notJson: string;
  };
  readonly save: string;
  readonly saving: string;
  readonly saved: string;
  readonly discard: string;
  readonly keptElsewhere: (labels: readonly string[]) => string;

  /** Where the service takes uploads. */
  readonly picture: {
    readonly choose: string;
    readonly remove: string;
    readonly undo: string;
    readonly hint: string;
    readonly changing: string;
    readonly saved: string;
    readonly removed: string;
    readonly undone: string;
    /** Said beside `saved` and `removed` where they can't be undone. */
    readonly lost: string;
    readonly crop: string;
    /** The label of what the arrow keys move. */
    readonly cropArea: string;
    readonly cropHint: string;
    readonly zoom: string;
    readonly take: string;
    readonly cancel: string;
    readonly faults: {
      readonly notPicture: string;
      readonly tooLarge: string;
      readonly tooSmall: string;
      readonly notTaken: string;
      readonly busy: string;
      readonly off: string;
    };
  };

  /** The heading over what the person sees and may not write. */
  readonly setByOthers: string;
  /** Beside what is public. */
  readonly everyoneSees: string;
  /** The heading over what others see of the person. */
  readonly othersSee: string;
  /** The label of the switch. */
  readonly listed: string;
  readonly listedHint: string;
  readonly hiddenHint: string;
  readonly nothingToSee: string;
  readonly yes: string;
  readonly no: string;

  readonly conflict: string;
  readonly conflictLead: string;
  readonly mine: string;
  readonly theirs: string;
  readonly nothing: string;
  readonly saveChoice: string;
  readonly backToEditing: string;

  readonly preferences: string;
  readonly switches: string;
  readonly deviceDefault: string;
  readonly notSaved: (reason: string) => string;

  readonly data: string;
  readonly take: string;
  readonly takeHint: string;
  readonly download: string;
  readonly downloaded: (file: string) => string;
  readonly erase: string;
  readonly eraseHint: string;
  readonly eraseProfile: string;
  readonly eraseQuestion: string;
  readonly eraseWarning: string;
  /** What the person types to show that they mean it. */
  readonly eraseWord: string;
  readonly eraseConfirm: (word: string) => string;
  readonly eraseMistyped: (word: string) => string;
  readonly eraseForGood: string;
  readonly keep: string;

  readonly close: string;
  readonly closeHint: string;
  readonly closeAccount: string;
  readonly closeQuestion: string;
  readonly closeWarning: string;
  /** As `eraseWord`. */
  readonly closeWord: string;
  readonly closeForGood: string;
  readonly signInToClose: string;
  readonly signInAgain: string;
}

/** "Name and city", "name, city, and level". */
const listed = new Intl.ListFormat('en');

export const en: Texts = {
  title: 'Your account',
  loading: 'Loading your account…',
  lead: 'See and change what we know about you: your details and your choices.',
  signIn: 'Sign in or create an account',
  signOut: 'Sign out',
  notices: {
    sessionEnded: 'Your session has ended. Please sign in again.',
    signedOutElsewhere: 'You signed out in another tab.',
    erased:
      'Your profile was erased: your details and preferences are gone. Your login still works. We remember for a while that you erased your profile, so that an old session can’t bring it back.',
    erasedElsewhere: 'This profile was erased. Sign in to start afresh.',
    closed: 'Your account is closed. Your profile and your login are gone.',
    closing:
      'Your account is being closed: your profile is gone, and your login will be deleted shortly. There is nothing more to do.',
    signInCancelled: 'You cancelled the sign-in. Nothing has changed.',
    signInRefused: 'The sign-in did not work. Please try again.',
  },
  editKept: 'What you typed is kept in this tab until then.',
  editRestored: 'What you typed before is back. It isn’t saved yet.',

  failed: 'Your account is out of reach',
  tryAgain: 'Try again',
  unreachable: 'We could not reach the service. Check your connection and try again.',
  sessionEnded: 'Please sign in again.',
  rateLimited: 'That was a lot at once. Please wait a minute.',
  serviceFailed: (requestId) =>
    `Something went wrong on our side. Please try again.${requestId ? ` If it stays, quote ${requestId}.` : ''}`,
  refused: (detail) => detail,

  noName: 'No name yet',
  emailVerified: 'E-mail confirmed',
  emailUnverified: 'E-mail not confirmed',
  since: 'Here since',

  details: 'Your details',
  labels: {
    theme: 'Appearance',
    'theme.light': 'Light',
    'theme.dark': 'Dark',
    locale: 'Language',
    'notifications.email': 'Activity in your account',
    'notifications.product': 'News about what we make',
  },
  hints: {},
  controlHints: {
    url: 'A web address with https:// in front.',
    lines: 'One a line.',
    moment: 'In the time of your device.',
  },
  faults: {
    tooLong: (most) => `Use at most ${most} characters.`,
    tooMany: (most) => `Enter at most ${most}.`,
    tooSmall: (least) => `Enter ${least} or more.`,
    tooLarge: (most) => `Enter ${most} or less.`,
    notHttps: 'Enter a web address with https:// in front.',
    notNumber: 'Enter a number.',
    notWhole: 'Enter a whole number.',
    notJson: 'This is not valid JSON.',
  },
  save: 'Save changes',
  saving: 'Saving…',
  saved: 'Saved.',
  discard: 'Discard',
  keptElsewhere: (labels) =>
    `${listed.format(labels)} changed elsewhere in the meantime and kept the new value.`,

  picture: {
    choose: 'Choose a picture',
    remove: 'Remove',
    undo: 'Undo',
    hint: 'You can also drop a picture here, or paste one. You choose next what is shown of it.',
    changing: 'Changing your picture…',
    saved: 'Your picture is changed.',
    removed: 'Your picture is removed.',
    undone: 'Your picture is as it was.',
    lost: 'The one before can’t be brought back.',
    crop: 'Choose what is shown',
    cropArea: 'What is shown of your picture',
    cropHint:
      'Drag the picture, or move it with the arrow keys. The keys + and − zoom, Enter takes it, Escape cancels.',
    zoom: 'Zoom',
    take: 'Use this picture',
    cancel: 'Cancel',
    faults: {
      notPicture: 'This file can’t be read as a picture. Choose a JPEG, PNG or WebP.',
      tooLarge: 'This picture is too large. Choose a smaller one.',
      tooSmall: 'This picture is too small. It needs at least 16 pixels a side.',
      notTaken: 'This picture can’t be used. Choose another one.',
      busy: 'Too many pictures are on their way. Please try again in a moment.',
      off: 'Your picture can’t be changed here at the moment.',
    },
  },

  setByOthers: 'Set by us',
  everyoneSees: 'Everyone can see this.',
  othersSee: 'What others see',
  listed: 'Others can see me',
  listedHint: 'Everyone who is signed in sees this of you, and nothing else.',
  hiddenHint:
    'Nobody sees anything of you. It can take a minute until you are gone from every page.',
  nothingToSee: 'There is nothing to see yet: you have filled in nothing that is public.',
  yes: 'Yes',
  no: 'No',

  conflict: 'Changed somewhere else',
  conflictLead:
    'While you were editing, this was changed in another tab or device. Which one stays?',
  mine: 'Yours',
  theirs: 'The other one',
  nothing: '(nothing)',
  saveChoice: 'Save my choice',
  backToEditing: 'Back to editing',

  preferences: 'Preferences',
  switches: 'E-mails we may send you',
  deviceDefault: 'Like my device',
  notSaved: (reason) => `Not saved. ${reason}`,

  data: 'Your data',
  take: 'Take it with you',
  takeHint: 'Everything we keep about you, in one file.',
  download: 'Download my data',
  downloaded: (file) => `Downloaded as ${file}.`,
  erase: 'Erase it',
  eraseHint: 'Your details and preferences are gone for good. Your login stays.',
  eraseProfile: 'Erase my profile',
  eraseQuestion: 'Erase your profile?',
  eraseWarning: 'This can’t be undone. You will be signed out everywhere; your login stays.',
  eraseWord: 'erase',
  eraseConfirm: (word) => `Type “${word}” to confirm`,
  eraseMistyped: (word) => `Type the word ${word} to go on.`,
  eraseForGood: 'Erase for good',
  keep: 'Keep it',

  close: 'Close your account',
  closeHint: 'Your details, your preferences and your login are gone for good.',
  closeAccount: 'Close my account',
  closeQuestion: 'Close your account?',
  closeWarning:
    'This can’t be undone. Your profile is erased and your login is deleted. You can sign up again, as somebody new.',
  closeWord: 'close',
  closeForGood: 'Close for good',
  signInToClose:
    'You signed in a while ago. Please sign in once more, so that nobody else can close your account.',
  signInAgain: 'Sign in again',
};
