// The set-up, and how the company looks, in English.

export const begin = {
  title: (company: string) => `Set up ${company}`,
  question: (which: number, all: number) => `Question ${which} of ${all}`,
  left: (count: number) =>
    count === 1 ? 'One question of the set-up is left.' : `${count} questions of the set-up are left.`,
  goOn: 'Go on with the set-up',
  next: 'Go on',
  later: 'Skip this',
  back: 'Back',
  look: {
    ask: 'How does your company look?',
    place: 'Name, colour, logo',
    more: 'What visitors see first, and what your colleagues see while they work.',
    name: 'Name',
    headline: 'First sentence of your front page',
    headlineHint: 'Such as “Ask the people who weld your bike.” Without one we write one.',
    description: 'What you do, in a sentence or two',
    website: 'Web site',
    websiteHint: 'When it links back with rel="me", the Fediverse sees that it is yours.',
    colour: 'Colour',
    colourHint: 'Six digits or letters after a #. Whatever you choose, words stay easy to read.',
    noColour: 'Six digits or letters after a #, such as #7a1f3d.',
    pick: 'Pick a colour',
    logo: 'Logo',
    logoHint:
      'PNG, JPEG or WebP, which we make smaller where it is large, or SVG of 64 kB at most. Without one, a small house in your colour stands for you. A square picture reads best.',
    logoFirstHint:
      'PNG, JPEG or WebP; a large one is made smaller. A square picture reads best. It becomes the picture of your brand as well; an SVG can be the logo later.',
    noLogo: 'Back to the house',
    preview: 'This is how it will look',
    byDay: 'By day',
    byNight: 'By night',
    sample: 'Ask us anything',
    link: 'a link',
    save: 'Save',
    saved: 'Saved. New pages look like this.',
    partly: 'Everything but the logo is saved.',
  },
  check: {
    ask: 'Can others find you?',
    more: 'We look at your server as other servers, search engines and visitors see it.',
    well: 'Everybody can find you.',
    alone: 'Not everybody can find you yet.',
    near: 'Nothing keeps others from finding you.',
    troubles: (count: number) => (count === 1 ? 'One thing needs a look.' : `${count} things need a look.`),
    aloneMore: 'You can go on; what is said here stays under Company, Other servers, Doctor.',
    all: 'See everything that was looked at',
  },
  people: {
    ask: 'Who comes first?',
    more: 'People do business with people. Invite one or two colleagues who will write and answer with you.',
  },
  post: {
    ask: (brand: string) => `What does ${brand} say first?`,
    more: 'A first post says who is here and what one may ask. It goes to everyone on the internet, and you see it before it leaves.',
    text: (company: string) =>
      `Hello! This is ${company}. We are the people behind it, and we answer here ourselves. What would you like to know?`,
    write: 'Use this text',
    finish: 'Finish the set-up',
  },
  done: {
    title: 'Your house is open',
    more: 'Everything can be changed under Company.',
    page: 'Look at your page',
    passkey: 'Sign in without a password next time: add a passkey',
    home: 'To Home',
  },
};

export type BeginWords = typeof begin;
