//! Which words say nothing, which mean the same in another form, and which tell of a time. English: of words in
//! other languages, how rare they are says enough.

use std::{collections::HashMap, sync::LazyLock};

/// Whether a plain word is so common that no search needs it.
pub(super) fn is_stop(plain: &str) -> bool {
    is_in(plain, List::Stop)
}

/// Whether a plain word belongs to the asking rather than to what is asked: "what did he *tell* us", "what
/// *kind* of".
pub(super) fn is_frame(plain: &str) -> bool {
    is_in(plain, List::Frame)
}

/// Whether a plain word is common wherever people talk. In a short history it may seem rare by accident.
pub(super) fn is_light(plain: &str) -> bool {
    is_in(plain, List::Light)
}

/// Whether a plain word tells of a time.
pub(super) fn is_time(plain: &str) -> bool {
    is_in(plain, List::Time)
}

/// Whether a plain word is a number or a count.
pub(super) fn is_number(plain: &str) -> bool {
    is_in(plain, List::Number)
}

/// Whether a plain word that is somebody's name is a word of its own as well: "will", "rose". Then a small letter
/// means the word.
pub(super) fn is_also_a_word(plain: &str) -> bool {
    is_in(plain, List::Names) || is_stop(plain)
}

/// The word that a plain word is a form of, where stemming does not see it: "bought" is "buy", "mum" is "mom".
pub(super) fn base(plain: &str) -> Option<&'static str> {
    KNOWN.get(plain)?.base
}

/// The lists a word may be in.
#[derive(Clone, Copy)]
enum List {
    Stop,
    Frame,
    Light,
    Time,
    Number,
    Names,
}

/// What is known of a word.
#[derive(Default)]
struct Known {
    /// A bit per list.
    lists: u8,
    base: Option<&'static str>,
}

static KNOWN: LazyLock<HashMap<&'static str, Known>> = LazyLock::new(|| {
    let mut known: HashMap<&'static str, Known> = HashMap::new();
    let lists = [
        (List::Stop, STOP),
        (List::Frame, FRAME),
        (List::Light, LIGHT),
        (List::Time, TIME),
        (List::Number, NUMBER),
        (List::Names, NAMES),
    ];
    for (list, words) in lists {
        for word in words.split_whitespace() {
            known.entry(word).or_default().lists |= 1 << list as u8;
        }
    }
    for line in FORMS.lines() {
        let Some((base, forms)) = line.split_once(':') else { continue };
        for form in forms.split_whitespace() {
            known.entry(form).or_default().base = Some(base);
        }
    }
    known
});

fn is_in(plain: &str, list: List) -> bool {
    KNOWN.get(plain).is_some_and(|known| known.lists & 1 << list as u8 != 0)
}

/// Words that say nothing.
const STOP: &str = "\
a about above absolutely actually after again aint all also am an and any anyway are arent as at basically
be because been before being below between both btw but by can cant cause could couldnt couldve cuz
definitely did didnt do does doesnt doing dont down during each etc even every few for from further gonna
gotta had hadnt haha hahaha has hasnt have havent having he hed hehe her here hers herself hes hey hi him
himself his hm hmm how i idk if ill im in into is isnt it itd itll its itself ive just kinda let lets
literally lmao lol lot lots many maybe me more most much my myself nah no nope nor not now of off oh ok okay
omg on once only or other our ours ourselves out over own pretty quite rather really same she shes should
shouldnt shouldve so some soo still such tbh than that thatll thats the their theirs them themselves then
there theres these they theyd theyll theyre theyve this those though through to too totally u uh um until up
ur us very wanna was wasnt we well were werent weve what whatever whats when where which while who whom
whose why will with wont would wouldnt wouldve yea yeah yep yes yet you youd youll your youre yours yourself
yourselves youve yup";

/// Words of asking.
const FRAME: &str = "\
according again answer anybody anyone anything ask asked asking basically called consider considering
currently describe described did different discuss discussed discussing does doing ever everything exactly
experience explain express get going got happen happened happening happens kind know like likely look
looking made make mention mentioned mentioning mind name named names need one particular past plan planning
previous previously recall recent recently remember remembered reply respond response said say saying says
share shared sharing somebody someone something sort speak specific start talk talked talking tell telling
thing things think time told topic try type types use used want wanted";

/// Words that are common wherever people talk.
const LIGHT: &str = "\
able act add ago agree allow almost alone along already alright always amazing amount appear area around
arrive attend away awesome back bad beautiful become begin believe best better big bit bring call came
cannot care carry case certain chance change check choose clear close come common complete continue cool
cost couple course current cut cute day days deal decide decision difficult easy either else end enjoy
enough especially evening event eventually example excited exciting expect face fact fall far fast favorite
feel feeling figure fill final finally find fine finish first fit follow forget forward free front full fun
funny future general give glad go good great group guess guy guys hand hang happy hard hate hear heard help
hit hold honestly hope hour huge idea imagine important include inspire instead interest interesting involve
issue join keep large last late later learn leave left less life line list listen little live long lose love
luck main man manage matter mean meet minute miss moment month morning move near nearly never new next nice
night nothing notice number often old open order others part participate party pass pay people perfect
person pick piece place play point possible present probably problem proud put question quick reach read
ready real realize reason recommend remain rest result return right run save see seem send sense serious set
several show side since single sit situation small soon sorry sound special spend stand state stay step stop
story strange stuff style suddenly super support suppose sure surprise take thank thanks thought today
together tomorrow tonight top touch town tried trouble true truth turn understand usual usually various view
visit wait walk watch way week weekend welcome whole wish woman wonder wonderful word work world worry worth
write wrong year yesterday young";

/// Words of time.
const TIME: &str = "\
ago anniversary apr april aug august autumn birthday christmas day days dec decade december earlier easter
evening fall feb february fri friday halloween hour hours jan january jul july jun june last later mar march
may midnight minute minutes mon monday month months morning next night noon nov november oclock oct october
recently saturday sep sept september since soon spring summer sunday thanksgiving thu thursday tmrw today
tomorrow tonight tonite tue tuesday until wed wednesday week weekend weekends weeks winter year years
yesterday";

/// Numbers and counts.
const NUMBER: &str = "\
couple dozen eight eleven fifteen fifty first five forty four half hundred million nine once one second
seven six ten third thirteen thirty thousand three twelve twenty twice two";

/// Names that are words of their own.
const NAMES: &str = "\
art august autumn bill bob buddy chance charity chase chuck crystal daisy dawn dean drew earl eve faith
frank gene grace grant guy harry heath holly honey hope hunter ivy jack jade jay jean joy june lily mark
mason max may melody mercy mike miles misty nick olive pat patience patty pearl penny pepper rain ray red
rich river rob robin rocky rose ruby rusty sage sandy skip sky star storm sue summer sunny tab violet wade
ward will willow winter wolf";

/// Words, each with forms of it that stemming does not see, and other spellings.
const FORMS: &str = "\
10: ten
100: hundred
1000: thousand
11: eleven
12: twelve
2: two
20: twenty
3: three
30: thirty
4: four
40: forty
5: five
50: fifty
6: six
7: seven
8: eight
9: nine
advertisement: ad ads advert
airplane: aeroplane plane planes
apartment: apt
apologize: apologise apologised
bad: worse worst
bake: baking
become: became
begin: began begun
bend: bent
bike: bicycle bicycles bikes
birthday: bday birthdays
bite: bit bitten
blow: blew blown
boyfriend: bf
break: broke broken
bring: brought
brother: bro bros
build: built
burger: burgers hamburger hamburgers
burn: burnt
buy: bought
calf: calves
cancel: cancelled cancelling
catch: caught
center: centre
child: children kid kiddo kiddos kids
choose: chose chosen
color: colored colour coloured colours
come: came
cookie: cookies
dad: daddy dads father fathers papa
deal: dealt
dig: dug
doctor: doc dr
doughnut: donut donuts
draw: drawn drew
dream: dreamt
drink: drank drunk
drive: driven drove
eat: ate eaten
exam: examination exams
fall: fallen fell
favorite: fav fave faves favourite favourites
feed: fed
feel: felt
fight: fought
find: found
flavor: flavour flavours
fly: flew flies flown
foot: feet
forget: forgot forgotten
freeze: froze frozen
get: got gotten
girlfriend: gf
give: gave given
go: goes gone went
good: best better
goose: geese
grandma: gran grandmother grandmothers granny nan nana
grandpa: grandad granddad grandfather grandfathers
gray: grey
grow: grew grown
gymnasium: gym gyms
half: halves
hang: hung
hear: heard
hide: hid hidden
hold: held
humor: humour
information: info
jewelry: jewellery
keep: kept
knife: knives
knit: knitted
know: knew known
laboratory: lab
learn: learnt
leave: left
lend: lent
light: lit
loaf: loaves
lose: lost
make: made
man: men
math: maths
mean: meant
meet: met
mom: mam mama mommy moms mother mothers mum mummy mums
mouse: mice
movie: film films
neighbor: neighbour neighbours
organize: organise organised organising
pajamas: pyjamas
pay: paid
person: people ppl
phone: cellphone mobile smartphone telephone
photo: photograph photographs pic pics picture pictures
please: pls plz
practice: practise practised practising
professor: prof
program: programme programmes
quit: quitting
realize: realise realised
recognize: recognise recognised
refrigerator: fridge
ride: ridden rode
ring: rang rung
rise: risen
run: ran
say: said says
scarf: scarves
see: saw seen
seek: sought
sell: sold
send: sent
sew: sewn
shake: shaken shook
shelf: shelves
shine: shone
shoot: shot
show: shown
sing: sang sung
sink: sank sunk
sister: sis
sit: sat
sleep: slept
smell: smelt
speak: spoke spoken
spend: spent
spill: spilt
stand: stood
steal: stole stolen
stick: stuck
strike: struck
swear: swore sworn
sweep: swept
swim: swam swum
take: taken took
teach: taught
tear: tore torn
television: telly tv
tell: told
thanks: thank thx ty
theater: theatre theatres
think: thought
throw: threw thrown
tire: tyre tyres
tomorrow: tmr tmrw
tonight: tonite
tooth: teeth
travel: travelled travelling
understand: understood
university: uni universities
vacation: vacations
veterinarian: vet vets
wake: woke woken
wear: wore worn
wife: wives
win: won
wolf: wolves
woman: women
write: written wrote
yogurt: yoghurt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_leads_to_another_form() {
        let forms = KNOWN.iter().filter_map(|(form, known)| Some((form, known.base?)));
        for (form, word) in forms {
            assert_eq!(base(word), None, "{form}");
            assert!(!is_stop(form), "{form}");
        }
        assert_eq!(base("bought"), Some("buy"));
    }

    #[test]
    fn every_form_has_one_word() {
        let forms = FORMS.lines().filter_map(|line| line.split_once(':'));
        let mut forms: Vec<_> = forms.flat_map(|(_, forms)| forms.split_whitespace()).collect();
        forms.sort_unstable();
        assert!(forms.windows(2).all(|two| two[0] != two[1]), "{forms:?}");
    }
}
