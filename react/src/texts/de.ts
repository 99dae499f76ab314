import { toLocalNumber } from '../decimal.ts';
import type { Texts } from './en.ts';

/** As it is typed: without the points of thousands. */
const withComma = (value: number) => toLocalNumber(String(value), 'de');
const listed = new Intl.ListFormat('de');

export const de: Texts = {
  title: 'Ihr Konto',
  loading: 'Ihr Konto wird geladen …',
  lead: 'Sehen und ändern Sie, was wir über Sie wissen: Ihre Angaben und Ihre Einstellungen.',
  signIn: 'Anmelden oder Konto anlegen',
  signOut: 'Abmelden',
  notices: {
    sessionEnded: 'Ihre Sitzung ist abgelaufen. Bitte melden Sie sich neu an.',
    signedOutElsewhere: 'Sie haben sich in einem anderen Tab abgemeldet.',
    erased:
      'Ihr Profil ist gelöscht: Angaben und Einstellungen sind weg. Ihre Anmeldung bleibt bestehen. Wir merken uns eine Zeit lang, dass Sie Ihr Profil gelöscht haben, damit keine alte Sitzung es zurückbringt.',
    erasedElsewhere: 'Dieses Profil wurde gelöscht. Mit einer Anmeldung fangen Sie neu an.',
    closed: 'Ihr Konto ist geschlossen. Ihr Profil und Ihre Anmeldung sind gelöscht.',
    closing:
      'Ihr Konto wird geschlossen: Ihr Profil ist gelöscht, Ihre Anmeldung folgt in Kürze. Sie müssen nichts weiter tun.',
    signInCancelled: 'Sie haben die Anmeldung abgebrochen. Es hat sich nichts geändert.',
    signInRefused: 'Die Anmeldung ist nicht gelungen. Bitte versuchen Sie es noch einmal.',
  },
  editKept: 'Was Sie eingegeben haben, bleibt bis dahin in diesem Tab erhalten.',
  editRestored: 'Ihre frühere Eingabe ist wieder da. Sie ist noch nicht gespeichert.',

  failed: 'Ihr Konto ist nicht erreichbar',
  tryAgain: 'Noch einmal versuchen',
  unreachable: 'Der Dienst ist nicht erreichbar. Prüfen Sie Ihre Verbindung.',
  sessionEnded: 'Bitte melden Sie sich neu an.',
  rateLimited: 'Das war viel auf einmal. Bitte warten Sie eine Minute.',
  serviceFailed: (requestId) =>
    `Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.${requestId ? ` Bleibt es dabei, nennen Sie uns ${requestId}.` : ''}`,
  refused: (detail) => `Der Dienst hat das abgelehnt: ${detail}`,

  noName: 'Noch kein Name',
  emailVerified: 'E-Mail bestätigt',
  emailUnverified: 'E-Mail nicht bestätigt',
  since: 'Dabei seit',

  details: 'Ihre Angaben',
  labels: {
    theme: 'Darstellung',
    'theme.light': 'Hell',
    'theme.dark': 'Dunkel',
    locale: 'Sprache',
    'notifications.email': 'Vorgänge in Ihrem Konto',
    'notifications.product': 'Neues aus unserem Haus',
  },
  hints: {},
  controlHints: {
    url: 'Eine Adresse, die mit https:// beginnt.',
    lines: 'Eine Angabe je Zeile.',
    moment: 'In der Zeit Ihres Geräts.',
  },
  faults: {
    tooLong: (most) => `Höchstens ${most} Zeichen.`,
    tooMany: (most) => `Höchstens ${most} Angaben.`,
    tooSmall: (least) => `Mindestens ${withComma(least)}.`,
    tooLarge: (most) => `Höchstens ${withComma(most)}.`,
    notHttps: 'Geben Sie eine Adresse ein, die mit https:// beginnt.',
    notNumber: 'Geben Sie eine Zahl ein.',
    notWhole: 'Geben Sie eine ganze Zahl ein.',
    notJson: 'Das ist kein gültiges JSON.',
  },
  save: 'Änderungen speichern',
  saving: 'Wird gespeichert …',
  saved: 'Gespeichert.',
  discard: 'Verwerfen',
  keptElsewhere: (labels) =>
    `Inzwischen anderswo geändert und so übernommen: ${listed.format(labels)}.`,

  picture: {
    choose: 'Bild wählen',
    remove: 'Entfernen',
    undo: 'Rückgängig',
    hint: 'Sie können ein Bild auch hierher ziehen oder einfügen. Danach wählen Sie den Ausschnitt.',
    changing: 'Ihr Bild wird geändert …',
    saved: 'Ihr Bild ist geändert.',
    removed: 'Ihr Bild ist entfernt.',
    undone: 'Ihr Bild ist wieder wie vorher.',
    lost: 'Das vorige lässt sich nicht zurückholen.',
    crop: 'Ausschnitt wählen',
    cropArea: 'Ausschnitt Ihres Bildes',
    cropHint:
      'Ziehen Sie das Bild, oder verschieben Sie es mit den Pfeiltasten. Die Tasten + und − vergrößern und verkleinern, Enter übernimmt, Escape bricht ab.',
    zoom: 'Vergrößerung',
    take: 'Dieses Bild verwenden',
    cancel: 'Abbrechen',
    faults: {
      notPicture:
        'Diese Datei lässt sich nicht als Bild lesen. Wählen Sie ein JPEG, PNG oder WebP.',
      tooLarge: 'Dieses Bild ist zu groß. Wählen Sie ein kleineres.',
      tooSmall: 'Dieses Bild ist zu klein. Es braucht mindestens 16 Pixel je Seite.',
      notTaken: 'Dieses Bild lässt sich nicht verwenden. Wählen Sie ein anderes.',
      busy: 'Gerade sind viele Bilder unterwegs. Bitte versuchen Sie es gleich noch einmal.',
      off: 'Ihr Bild lässt sich hier im Augenblick nicht ändern.',
    },
  },

  setByOthers: 'Von uns eingetragen',
  everyoneSees: 'Das können alle sehen.',
  othersSee: 'Was andere sehen',
  listed: 'Andere können mich sehen',
  listedHint: 'Alle, die angemeldet sind, sehen das von Ihnen und sonst nichts.',
  hiddenHint:
    'Niemand sieht etwas von Ihnen. Es kann eine Minute dauern, bis Sie auf allen Seiten verschwunden sind.',
  nothingToSee: 'Es gibt noch nichts zu sehen: Sie haben nichts eingetragen, was öffentlich ist.',
  yes: 'Ja',
  no: 'Nein',

  conflict: 'Anderswo geändert',
  conflictLead:
    'Während Ihrer Bearbeitung wurde das in einem anderen Tab oder Gerät geändert. Was soll gelten?',
  mine: 'Ihre Eingabe',
  theirs: 'Die andere',
  nothing: '(nichts)',
  saveChoice: 'Auswahl speichern',
  backToEditing: 'Weiter bearbeiten',

  preferences: 'Einstellungen',
  switches: 'Diese E-Mails dürfen wir Ihnen schicken',
  deviceDefault: 'Wie mein Gerät',
  notSaved: (reason) => `Nicht gespeichert. ${reason}`,

  data: 'Ihre Daten',
  take: 'Mitnehmen',
  takeHint: 'Alles, was wir über Sie gespeichert haben, in einer Datei.',
  download: 'Meine Daten herunterladen',
  downloaded: (file) => `Als ${file} heruntergeladen.`,
  erase: 'Löschen',
  eraseHint:
    'Ihre Angaben und Einstellungen sind dann endgültig weg. Ihre Anmeldung bleibt bestehen.',
  eraseProfile: 'Mein Profil löschen',
  eraseQuestion: 'Profil löschen?',
  eraseWarning:
    'Das lässt sich nicht rückgängig machen. Sie werden überall abgemeldet; Ihre Anmeldung bleibt bestehen.',
  eraseWord: 'löschen',
  eraseConfirm: (word) => `Zur Bestätigung „${word}“ eingeben`,
  eraseMistyped: (word) => `Geben Sie das Wort ${word} ein.`,
  eraseForGood: 'Endgültig löschen',
  keep: 'Behalten',

  close: 'Konto schließen',
  closeHint: 'Ihre Angaben, Ihre Einstellungen und Ihre Anmeldung sind dann endgültig weg.',
  closeAccount: 'Mein Konto schließen',
  closeQuestion: 'Konto schließen?',
  closeWarning:
    'Das lässt sich nicht rückgängig machen. Ihr Profil und Ihre Anmeldung werden gelöscht. Sie können sich neu registrieren, als jemand Neues.',
  closeWord: 'schließen',
  closeForGood: 'Endgültig schließen',
  signInToClose:
    'Ihre Anmeldung liegt eine Weile zurück. Bitte melden Sie sich noch einmal an, damit niemand anders Ihr Konto schließen kann.',
  signInAgain: 'Neu anmelden',
};
