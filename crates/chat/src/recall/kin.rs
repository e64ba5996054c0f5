//! Kin: words that people use for the same thing, and the things they mean by a word that names a kind.
//!
//! Who is asked "what pets has he" says "the cat", never "my pet". A sentence embedding knows that, and so does a
//! page of everyday words, without a model.

use std::{collections::HashMap, sync::OnceLock};

use super::term::{Term, stem};

/// How a word's kin stand to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kin {
    /// Another word for it.
    Alike,
    /// One of the things it is a word for.
    Instance,
}

/// The kin of a term, in the order of the lists.
pub(super) fn of(term: Term) -> &'static [(Term, Kin)] {
    static ALL: OnceLock<HashMap<Term, Vec<(Term, Kin)>>> = OnceLock::new();
    ALL.get_or_init(read).get(&term).map_or(&[], Vec::as_slice)
}

fn read() -> HashMap<Term, Vec<(Term, Kin)>> {
    let mut all: HashMap<Term, Vec<(Term, Kin)>> = HashMap::new();
    let mut add = |from: Term, to: Term, kin| {
        let known = all.entry(from).or_default();
        if from != to && !known.iter().any(|(term, _)| *term == to) {
            known.push((to, kin));
        }
    };
    for line in ALIKE.lines() {
        let words = terms(line);
        for (n, word) in words.iter().enumerate() {
            for other in words[..n].iter().chain(&words[n + 1..]) {
                add(*word, *other, Kin::Alike);
            }
        }
    }
    for line in KINDS.lines() {
        let Some((kinds, things)) = line.split_once(':') else { continue };
        let things = terms(things);
        for kind in terms(kinds) {
            for thing in &things {
                add(kind, *thing, Kin::Instance);
            }
        }
    }
    all
}

fn terms(words: &str) -> Vec<Term> {
    words.split_whitespace().filter_map(|word| Some(Term::of(&stem(word)?))).collect()
}

/// A line has words that stand for each other.
const ALIKE: &str = "\
job work career profession occupation employment position
employer company workplace firm office
boss manager supervisor
coworker colleague workmate teammate
hire employed recruit contract
fired sacked laid layoff dismissed
quit resign leave notice
retire retirement pension
promotion promoted raise
interview apply application
earn salary wage paycheck pay income
bonus raise
shop store market
buy purchase order
buy afford splurge treat
cost price expensive cheap paid euros dollars pounds bucks
sell sale sold
discount sale bargain deal
gift present
wrap present
house home place apartment
apartment studio loft
roommate flatmate housemate
neighbor downstairs upstairs nextdoor
rent landlord lease tenant
tenant lodger roommate moved
move relocate settle
live reside stay
city town village
country nation abroad homeland
abroad overseas exchange
trip travel vacation journey visit tour
trip holiday getaway
flight fly plane airport
pack luggage suitcase
hotel hostel airbnb cabin hut
book reserve booking reservation
drive roadtrip ride
car vehicle truck van suv
license licence permit
ill sick unwell flu fever cold
hurt injury injured pain sprain broke
hurt ache sore
doctor physician clinic hospital
dentist tooth filling
vaccine shot jab
medicine medication pills meds prescription
allergy allergic intolerant hives rash
surgery operation hospital
recover recovery heal better
therapy therapist counseling counselor
diet vegan vegetarian
vegan vegetarian meat
weight kilos pounds heavy
height tall
exercise workout fitness train
run jog marathon race
distance kilometers miles km
hike trek trail walk
bike cycle cycling
film movie cinema
series show episode season
watch stream binge
book novel read
author writer wrote
song track tune sing
band group artist
concert gig festival
ticket concert booked
exhibition gallery museum opening
picture photo image selfie
camera photo
paint painting canvas artwork
draw drawing sketch
instrument play
game gaming play
boardgame cards dice
character campaign dnd
hobby pastime interest passion
enjoy like love fun
adore love fond
favorite prefer love
hate dislike loathe despise
angry mad furious annoyed
sad upset depressed down
cry tears sobbing
happy glad excited thrilled
proud pride
afraid scared fear phobia terrified
worried anxious nervous
stress stressed pressure overwhelmed
tired exhausted burnout
bored boring
lonely alone
embarrassed awkward ashamed
surprised shocked surprise
jealous envy
funny hilarious joke laugh
joke prank pun
weird strange odd
beautiful gorgeous pretty
delicious tasty yummy
idea suggestion plan
plan intend hope
goal dream ambition aim
resolution goal
problem issue trouble
wrong problem mistake
argue argument fight quarrel
apologize sorry
friend buddy pal mate bestie
acquaintance met
partner boyfriend girlfriend
spouse husband wife
fiance engaged
crush crushing
married marriage wedding
wedding bride groom ceremony
propose proposal ring engaged
divorce separated
breakup split ex dumped
dating relationship date
single relationship
child son daughter baby toddler
parent mom dad
sibling brother sister twin
grandparent grandma grandpa
aunt uncle
niece nephew
inlaws motherinlaw
family relatives
pregnant pregnancy expecting baby
newborn baby birth
adopt adoption rescue shelter
foster adopt
puppy dog pup
kitten cat kitty
breed dog
die died death passed
funeral cemetery buried
born birth birthday
old age birthday turning
anniversary years
school college university class
study degree major course
semester term
teacher professor tutor teach taught
student pupil
exam test quiz
grade mark score passed failed
homework assignment essay
thesis dissertation paper
graduate graduation diploma
computer laptop pc
phone iphone android
password code pin combination
lock padlock key
program code software developer
website site page
server discord
team club squad
match tournament competition contest league
win won award prize trophy medal
lose lost defeat
score points record
volunteer charity donate fundraiser
church religion faith
vote election politics
eat food meal
cook cooking recipe dish
bake baking cake oven
bread loaf sourdough dough
restaurant diner cafe bistro
breakfast brunch
lunch sandwich
dinner supper
dessert sweets cake
drink beverage
drunk hangover
snack chips popcorn
hungry starving
taste flavor
ingredient recipe
spicy hot chilli
party celebrate celebration
invite guest invitation
guest visitor company
host party
costume outfit dress
clothes outfit wear
shoes sneakers boots
glasses lenses
hair haircut barber
tattoo ink
garden plant flower
vegetable grow garden
tree forest wood
beach sea ocean coast
boat ship sail sailing
lake river pond
mountain peak summit
camp camping tent
fishing fish
weather rain snow sunny storm
cold freezing
hot heat
money cash savings budget
save saving
debt loan owe mortgage
lend borrow
bank account
insurance claim
tax taxes
business startup company
founder startup owner
start begin launch
finish complete done
quit stop
continue keep
wait queue
early late
late delay
postpone reschedule moved delayed
cancel called
schedule calendar timetable
appointment meeting
deadline due
remind reminder
learn lesson course study
lesson tutor class
practice rehearse train
write wrote story poem
diary journal
letter email post
chat conversation
argue debate
call phone rang
text message
translate language
speak language fluent
accent dialect
sleep bed insomnia nap
wake alarm morning
nightmare dream
advice advise suggest recommend tip
recommend suggest
decide decision choose
choose pick prefer
change switch
replace new
repair fix mend
broken damaged cracked
leak flood burst
fire burned smoke
accident crash
emergency ambulance
police cop
steal stolen thief robbed
lost missing misplaced
find discover
nickname called
name named
hometown grew
origin from grew
reason because why
nationality country
symbol represent mean
meaning symbolize
inspire inspiration motivate
motivate motivation encourage
support help encourage
challenge difficult hard struggle
skill talent
create make made
build construct
attend went
join signed
member club
receive got
collect collection
hang hanging
carry bring
clean tidy wash
laundry washing wash
kitchen cook stove oven
bathroom bath shower toilet
bedroom bed
balcony terrace yard
furniture sofa couch
basement cellar attic
floor stairs
door entrance
street road avenue address
address street
bus train tram subway metro
station stop
park bench
bakery baker bread
library books
pool swim swimming
band drummer singer
choir sing
dance dancing
theater play stage
magazine newspaper article
podcast episode
radio station
religion pray
size big large
small tiny little
quiet silence
loud noise noisy
color paint
gift voucher
sign signed
noise sound
smell scent stink
shape form
secret confess
lie lied
promise swore
trust believe
belief believe
miss missing
meet met
visit came
return back
arrive landed
depart leave
kid boy girl
teenager teen
adult grown
elderly old
man guy
woman lady
person someone
animal creature
bug insect
bee hive honey
chicken hen egg
horse riding stable
farm farmer
apartment flat
vacation holiday
birthday party celebrate
app software
care babysit look feed
opinion review rate think
react reaction response
afford budget
firework newyear
stay sleep night
weather outside
cheer support
argue shout yell
chore clean dishes
pizza takeaway delivery
meal dinner lunch
hire rent
wear costume dress
perform concert play
publish book release
gym weights
hospital nurse
injury surgery knee
vet sick
walk dog park
commute office train
remote office homeoffice
shift nights hours
overtime hours late
busy stressed swamped
free available
weekend saturday sunday
breakdown broke
upgrade new
subscribe subscription
stream twitch
trailer movie
character role play
actor actress
director film
sequel part
ending end finale
spoiler ending
wifi internet
crash bug error
backup save
boardgame game
prize win money
gold medal
coach trainer
referee match
goal score
cheat cheating
vegetarian vegan
allergic eat cannot
thirsty drink
coffee cafe
tea cup
wine bottle
beer pub bar
pub bar
grocery supermarket
receipt paid
refund return
delivery package parcel
package parcel post
stamp letter
bill invoice paid
rent month
deposit landlord
mortgage house
contractor builder
roof leak
heating cold radiator
electricity power
water pipe plumber
mold damp
mouse mice trap
spider bug
snow ski
swim pool
sunburn sun
hike boots
tent camp
passport visa
border customs
souvenir gift
museum exhibition
castle tour
train platform
taxi cab uber
traffic jam
parking parked
fuel petrol gas
tire flat puncture
helmet bike
knit yarn wool
sew fabric
paint brush
clay pottery
photo album
guitar chords
choir voice
lyrics song
playlist music
headphones listen
dj party
tattoo arm
piercing ear
haircut short
beard shave
makeup lipstick
perfume scent
ring finger
watch wrist
glasses eyes
eye vision
ear hearing
tooth dentist
back pain
head headache
stomach nausea vomit
sneeze cold
virus infection
test positive
operation hospital
diagnosed diagnosis
blood test
heart attack
cancer chemo
grief loss
anxious panic
meditate meditation
sleepy tired
exam results
scholarship grant
internship intern
tutor lessons
lecture class
library study
essay write
professor course
school kids
kindergarten daycare
playground kids
diaper baby
stroller baby
bedtime story
homework kids
grandchild grandson granddaughter
godmother godfather
twins twin
stepmother stepdad
cousin aunt
reunion family
wedding dress
honeymoon wedding
anniversary married
valentine date
kiss kissed
hug hugged
flirt crush
ex breakup
jealous ex
";

/// Words for a kind, and things of that kind.
const KINDS: &str = "\
pet animal: dog cat puppy kitten hamster rabbit bunny parrot budgie canary bird fish turtle tortoise snake lizard gecko horse pony hedgehog ferret guinea goldfish rat mouse
animal wildlife: fox deer squirrel owl bear wolf duck goose pigeon pelican penguin otter badger frog bee
breed: labrador retriever poodle beagle shepherd husky corgi terrier bulldog dachshund collie pug siamese
instrument: guitar piano violin viola drums bass flute cello trumpet trombone tuba saxophone ukulele keyboard clarinet oboe harp banjo harmonica accordion
music genre: rock jazz pop metal classical hiphop rap indie punk folk blues country techno electronic kpop reggae soul opera
sport: football soccer basketball tennis baseball volleyball hockey rugby golf cricket badminton swim run surf ski snowboard climb box boxing judo karate yoga skate cycle gymnastics fencing rowing sail
exercise workout: run yoga pilates lift weights swim cycle jog cardio gym
hobby activity pastime: paint draw photography read write garden cook bake knit crochet pottery hike camp fish dance sing chess game swim climb woodwork sew piano guitar birdwatching
food dish meal cuisine: pizza pasta sushi burger ramen curry taco salad soup steak rice noodle sandwich lasagna chicken dumpling pancake stew pie italian thai mexican indian japanese chinese korean
breakfast: pancake cereal oatmeal egg toast waffle bagel croissant
dessert sweet: cake cookie pie brownie chocolate cheesecake tiramisu pudding cream
drink beverage: coffee tea beer wine juice cocktail whiskey soda water milk matcha latte espresso gin rum cola lemonade
fruit: apple banana mango strawberry peach cherry orange grape pineapple kiwi rhubarb plum pear lemon berry
vegetable: potato tomato carrot onion zucchini pumpkin spinach cabbage beetroot bean pea pepper cucumber
meat: chicken beef pork bacon ham sausage steak lamb turkey
allergy allergic: peanut hazelnut nut shellfish pollen dairy gluten lactose cat dust penicillin shrimp egg bee
ingredient: flour sugar butter egg cheese garlic basil tomato chocolate coconut onion
family relative: mom dad brother sister uncle aunt cousin grandma grandpa nephew niece son daughter wife husband
parent: mom dad
child: son daughter
sibling: brother sister twin
job profession occupation career: nurse teacher engineer developer designer doctor chef cook lawyer accountant writer artist manager barista waiter programmer scientist mechanic electrician plumber carpenter librarian journalist photographer counselor pilot firefighter baker driver cashier dentist vet pharmacist architect plumber gardener
work: office shift boss
major degree subject study: biology math physics chemistry history psychology law economics engineering philosophy literature nursing medicine art music
language: english spanish french german italian japanese chinese korean portuguese russian arabic mandarin polish turkish dutch swedish danish hindi
country: france spain italy germany japan china korea mexico canada brazil india portugal greece norway sweden iceland ireland scotland england australia thailand vietnam peru morocco turkey slovenia croatia austria switzerland poland denmark finland netherlands belgium egypt kenya argentina chile
city: paris london berlin tokyo rome madrid barcelona lisbon york chicago boston seattle amsterdam vienna prague dublin toronto hamburg munich copenhagen stockholm oslo sydney
vehicle: car toyota honda ford bmw tesla volvo subaru mazda truck van motorcycle scooter
color: red blue green yellow purple pink orange black white gray teal turquoise brown beige gold silver
season: spring summer autumn fall winter
weather: rain snow sun storm wind cloudy hot cold fog hail
flower plant: rose tulip lily sunflower orchid daisy lavender cactus succulent basil tomato fern
feel feeling emotion mood: happy sad angry excited nervous scared proud anxious lonely stressed relieved grateful upset tired overwhelmed
health medical condition illness disease: diabetes asthma migraine flu cold covid fever surgery cancer allergy anxiety depression
symptom: cough fever headache nausea pain sore rash
injury injured hurt: ankle wrist knee arm leg back shoulder broke sprain fracture cast hip finger toe
game videogame: minecraft zelda mario chess poker dnd pokemon fortnite catan monopoly valorant
movie film genre: horror comedy thriller romance documentary drama scifi fantasy anime
book: trilogy memoir fantasy thriller poetry novel
clothes outfit: dress shirt jacket sweater hoodie shoes jeans hat scarf coat boots socks gloves pajamas
jewelry: necklace ring bracelet earrings watch
furniture: sofa couch table desk chair bed shelf lamp
art craft: painting pottery sculpture drawing sketch ceramics watercolor mural
tool: hammer drill saw screwdriver
device gadget tech: laptop phone tablet camera console headphones computer monitor keyboard
appliance: oven dishwasher fridge toaster kettle microwave washing
transport commute: bus train subway bike car tram walk drive metro ferry
boat: sail canoe kayak ferry yacht
nature outdoor outdoors: hike camp mountain forest lake beach trail
holiday: christmas easter halloween thanksgiving newyear birthday diwali hanukkah
event: party wedding concert festival parade conference workshop meeting race exhibition
religion faith: church christian jewish muslim buddhist catholic hindu
identity: gender trans gay lesbian bisexual queer
degree education qualification: bachelor master phd college university diploma
award prize: medal trophy won first certificate scholarship
pronouns: she he they
fear phobia: spiders heights flying clowns dark snakes needles
status relationship: single married divorced engaged dating boyfriend girlfriend breakup
weekend: saturday sunday
weekday: monday tuesday wednesday thursday friday
evening: tonight night pm
shop store: bakery bookstore supermarket grocery mall ikea
money currency: euros dollars pounds
weight weigh heavy: kilos kg pounds grams
distance far: km kilometers miles meters
age old: years turned birthday
bird: parrot owl eagle robin sparrow crow pigeon
pasta: spaghetti lasagna ravioli carbonara
material: wood metal glass leather wool clay
body: arm leg hand head back knee shoulder hip foot
room: kitchen bedroom bathroom living basement attic
stationery: pen pencil notebook
superpower: fly invisible
social media: instagram facebook tiktok twitter youtube discord snapchat
bake: cake cookie bread muffin
toy: lego doll puzzle
performance: concert play dance show
";

#[cfg(test)]
mod tests {
    use super::*;

    fn of_word(word: &str) -> Vec<(Term, Kin)> {
        of(Term::of(&stem(word).unwrap())).to_vec()
    }

    #[test]
    fn a_kind_has_its_things_but_a_thing_is_not_its_neighbour() {
        let violin = Term::of(&stem("violin").unwrap());
        assert!(of_word("instruments").contains(&(violin, Kin::Instance)));
        assert!(!of_word("guitar").iter().any(|(term, _)| *term == violin));
    }

    #[test]
    fn words_for_the_same_thing_find_each_other() {
        let gift = Term::of(&stem("gift").unwrap());
        let present = Term::of(&stem("presents").unwrap());
        assert!(of_word("presents").contains(&(gift, Kin::Alike)));
        assert!(of_word("gift").contains(&(present, Kin::Alike)));
    }
}
