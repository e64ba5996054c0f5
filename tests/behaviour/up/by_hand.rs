//! The commands, used by hand in the page: typed, picked, pressed and read as a person does.

use tests::Page;

use super::{Up, picture, shipped};

/// The newest answer only one person sees.
pub(super) const PRIVATE: &str = ".msg.private:last-of-type";
/// What a personality said.
pub(super) const SAID: &str = ".msg.persona";

/// A den with its page open.
pub(super) async fn visit(data: &tempfile::TempDir) -> (Up, Page) {
    let up = Up::start(data.path(), &shipped());
    let mut page = Page::open(&up.url).await;
    page.wait_for_text("#cards", "Baroness Crumb").await;
    (up, page)
}

/// Types a command's name; its form stands in place of the box then.
pub(super) async fn begin(page: &mut Page, command: &str) {
    page.fill("#text", &format!("/{command} ")).await;
    page.wait_for_text("#command .command-name", command).await;
}

/// Types the beginning of a name into the field that has the focus, and takes what is suggested.
async fn pick(page: &mut Page, begun: &str, whole: &str) {
    page.type_text(begun).await;
    page.wait_for_text(".completion[aria-selected=true]", whole).await;
    page.type_and("", "Enter").await;
}

/// Says something to a personality, and waits for its whole answer.
pub(super) async fn talk(page: &mut Page, text: &str) {
    let before = page.count(".why-line").await;
    page.fill("#text", text).await;
    page.press("#text", "Enter").await;
    page.wait_for_text(&format!(":nth-match(.why-line, {})", before + 1), "understudy").await;
}

/// Picks an item of a message's menu.
pub(super) async fn choose(page: &mut Page, message: &str, item: &str) {
    page.open_menu(message).await;
    page.click(&format!("#popup span:text-is('{item}')")).await;
}

/// Waits until another whole answer stands in the place of one.
pub(super) async fn until_answered_again(page: &mut Page, first: &str) {
    page.wait_until_gone(&format!("#{first}")).await;
    page.wait_for_text(&format!("{SAID} .why-line"), "understudy").await;
}

#[tokio::test]
async fn a_memory_is_told_listed_corrected_through_a_form_and_deleted_by_a_button() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;

    begin(&mut page, "remember").await;
    page.type_text("I am afraid of geese").await;
    page.click(".add-option:has-text('personality')").await;
    pick(&mut page, "bar", "Baroness Crumb").await;
    page.click("#command .send").await;
    page.wait_for_text(PRIVATE, "I am afraid of geese").await;

    begin(&mut page, "memories").await;
    page.click(".add-option:has-text('personality')").await;
    pick(&mut page, "crumb", "Baroness Crumb").await;
    page.click("#command .send").await;
    let listed = page.wait_for_text(PRIVATE, "remembers one thing").await;
    assert!(listed.contains("I am afraid of geese") && listed.contains("Only you"), "{listed}");

    page.click(&format!("{PRIVATE} [data-key^='fix:']")).await;
    page.fill("#form textarea", "I am afraid of swans").await;
    page.screenshot(&picture("page-form.png")).await;
    page.click("#form button[type=submit]").await;
    let corrected = page.wait_for_text(PRIVATE, "I am afraid of swans").await;
    assert!(!corrected.contains("geese"), "{corrected}");

    page.click(&format!("{PRIVATE} [data-key^='drop:']")).await;
    page.wait_for_text(PRIVATE, "remembers nothing").await;
    page.screenshot(&picture("page-memories.png")).await;

    page.click(".people >> text=Ann").await;
    assert_eq!(page.count(".msg.private").await, 0, "nobody else sees any of it");
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_is_explained_given_again_and_taken_back_by_its_menu_and_by_signs() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    talk(&mut page, "Baroness, what do you think of my lunch?").await;

    choose(&mut page, SAID, "Why did it say that?").await;
    page.wait_for_text(PRIVATE, "understudy").await;
    page.screenshot(&picture("page-why.png")).await;

    let first = page.attribute(SAID, "id").await;
    choose(&mut page, SAID, "Answer again").await;
    until_answered_again(&mut page, &first).await;

    // A sign is a reaction like any other.
    let second = page.attribute(SAID, "id").await;
    choose(&mut page, SAID, "Add a reaction").await;
    page.screenshot(&picture("page-reactions.png")).await;
    page.click("#popup .sign:has-text('delete it')").await;
    page.wait_until_gone(&format!("#{second}")).await;
    assert_eq!(page.count(SAID).await, 0);
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_kept_is_saved_as_a_file_and_erased_after_a_second_question() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    talk(&mut page, "Baroness, I keep a goose called Gerald.").await;

    begin(&mut page, "privacy export").await;
    page.click("#command .send").await;
    page.wait_for_text(&format!("{PRIVATE} .file"), ".json").await;
    page.screenshot(&picture("page-export.png")).await;
    let (name, text) = page.save(&format!("{PRIVATE} .file")).await;
    assert!(name.ends_with(".json") && text.contains("a goose called Gerald"), "{name}: {text}");

    begin(&mut page, "privacy erase").await;
    page.click("#command .send").await;
    page.wait_for_text(PRIVATE, "cannot be brought back").await;
    page.click(&format!("{PRIVATE} [data-key='erase:yes']")).await;
    page.wait_until_gone(".msg.private [data-key='erase:yes']").await;

    begin(&mut page, "privacy show").await;
    page.click("#command .send").await;
    page.wait_for_text(PRIVATE, "Nothing of yours is kept").await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_is_muted_says_nothing_until_unmuted_and_the_page_says_why() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    page.click(".people >> text=Ben").await;

    begin(&mut page, "mute").await;
    pick(&mut page, "turbo", "Coach Turbo").await;
    page.click(".add-option:has-text('for')").await;
    pick(&mut page, "me", "Me").await;
    page.click("#command .send").await;
    page.wait_for_text(PRIVATE, "does not answer you").await;

    page.fill("#text", "Turbo, are you there?").await;
    page.press("#text", "Enter").await;
    page.wait_for_text(".msg.person", "are you there").await;
    loop {
        choose(&mut page, ".msg.person", "What became of this?").await;
        if page.count(".msg.person .why-card:visible").await > 0 {
            break;
        }
        page.wait_until_gone(".toast").await;
    }
    page.wait_for_text(".msg.person .why-card", "stayed silent").await;
    assert_eq!(page.count(SAID).await, 0);

    begin(&mut page, "unmute").await;
    pick(&mut page, "turbo", "Coach Turbo").await;
    page.click("#command .send").await;
    page.wait_for_text(PRIVATE, "Coach Turbo").await;
    talk(&mut page, "Turbo, and now?").await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_private_channel_and_the_keepers_commands_are_for_those_who_may() {
    let data = tempfile::tempdir().unwrap();
    let (_up, mut page) = visit(&data).await;
    page.click(".place >> text=back-room").await;
    page.wait_for_text("#topic", "only Robin and Ann").await;
    page.fill("#text", "/den").await;
    page.wait_for_text("#completions", "/den budget").await;
    page.fill("#text", "").await;

    page.click(".people >> text=Ben").await;
    page.wait_for_text("#channel-name", "general").await;
    assert_eq!(page.count(".place >> text=back-room").await, 0);
    page.fill("#text", "/").await;
    page.wait_for_text("#completions", "/ask").await;
    assert_eq!(page.count("#completions >> text=/den").await, 0);
    page.fill("#text", "").await;

    // What cannot be sent is said where it is typed.
    begin(&mut page, "mute").await;
    page.type_text("nobody at all").await;
    page.click(".add-option:has-text('minutes')").await;
    page.type_and("soon", "Enter").await;
    page.wait_for_text("#command-hint", "a whole number from 1 to 40320").await;
    page.screenshot(&picture("page-command.png")).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}
