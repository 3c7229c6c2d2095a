"""Users are created, changed, kept out; the audit log tells it."""

from decimal import Decimal

from PySide6.QtCore import Qt

from muniadmin.access.commands import ChangeUser
from muniadmin.access.reads import UserRow, Users
from muniadmin.anchors.commands import MakeAnchor
from muniadmin.app import App
from muniadmin.audit.reads import AuditCount, AuditLog
from muniadmin.desktop.administration.administration_page import AdministrationPage
from muniadmin.desktop.administration.audit_view import AuditView, subject_words
from muniadmin.desktop.administration.user_dialogs import UserDialog
from muniadmin.desktop.administration.users_view import UsersView
from muniadmin.indicators.commands import SetGoal
from muniadmin.kernel.permissions import Role
from muniadmin.taxpayers.commands import AddTaxableObject, ChangeTaxableObject
from tests.assessment.register import a_home
from tests.builders import a_bill, a_taxpayer, an_open_desk, everything, pay
from tests.desktop.conftest import Screen, closed
from tests.towns import actor_with

Key = Qt.Key


def opened(screen: Screen) -> tuple[AdministrationPage, UsersView]:
    """The administration in front of the administrator."""
    screen.sign_in(Role.ADMINISTRATOR)
    page = screen.shows(AdministrationPage)
    users = page.view("users")
    assert isinstance(users, UsersView)
    return page, users


def users_of(app: App) -> dict[str, UserRow]:
    """Every user by name."""
    return {user.user_name: user for user in app.read(Users(), actor_with(app, Role.ADMINISTRATOR))}


def test_a_user_is_created_and_listed(app: App, screen: Screen) -> None:
    _page, users = opened(screen)
    dialog = users.new_user()
    screen.settle()
    screen.type_here("Nadia Benali")
    screen.press_here(Key.Key_Return)
    screen.type_here("n.benali")
    screen.press_here(Key.Key_Return)
    screen.type_here("une lanterne au pont")
    screen.press_here(Key.Key_Return)
    assert "Choose at least one role." in screen.texts(dialog)
    dialog.roles[Role.CLERK].click()
    dialog.primary.click()
    screen.settle()
    assert users_of(app)["n.benali"].roles == {Role.CLERK}
    current = users.list.current()
    assert current is not None
    assert current.user_name == "n.benali"


def test_enter_where_nothing_was_changed_writes_nothing(app: App, screen: Screen) -> None:
    _page, users = opened(screen)
    users.list.select_key(users_of(app)["clerk"].user_id)
    screen.settle()
    before = app.read(AuditCount(), actor_with(app, Role.MANAGER))
    users.change()
    dialog = screen.dialog()
    screen.settle()
    screen.press_here(Key.Key_Return)
    assert closed(dialog)
    assert app.read(AuditCount(), actor_with(app, Role.MANAGER)) == before
    users.change()
    screen.settle()
    screen.type_here("Hind")
    screen.press_here(Key.Key_Return)
    assert users_of(app)["clerk"].name.endswith("Hind")
    assert app.read(AuditCount(), actor_with(app, Role.MANAGER)) == before + 1


def test_a_user_name_that_is_taken_is_said_beside_the_field(app: App, screen: Screen) -> None:
    _page, users = opened(screen)
    dialog = users.new_user()
    dialog.name.setText("Somebody Else")
    dialog.user_name.setText("clerk")
    dialog.password.setText("une lanterne au pont")
    dialog.roles[Role.CLERK].setChecked(True)
    dialog.primary.click()
    screen.settle()
    assert "already a user “clerk”" in dialog.form.fields["user_name"].error.text()
    assert dialog.name.text() == "Somebody Else"


def test_deactivating_asks_and_keeps_the_user_out(app: App, screen: Screen) -> None:
    _page, users = opened(screen)
    users.list.select_key(users_of(app)["clerk"].user_id)
    screen.settle()
    users.toggle_active()
    screen.settle()
    question = screen.dialog()
    assert "Deactivate Test clerk?" in screen.texts(question)
    question.primary.click()  # type: ignore[attr-defined]
    screen.settle()
    assert not users_of(app)["clerk"].active


def test_nobody_is_left_without_a_role(app: App, screen: Screen) -> None:
    _page, users = opened(screen)
    users.list.select_key(users_of(app)["clerk"].user_id)
    screen.settle()
    users.change()
    dialog = screen.dialog()
    assert isinstance(dialog, UserDialog)
    dialog.roles[Role.CLERK].click()
    dialog.primary.click()
    screen.settle()
    assert "Choose at least one role." in screen.texts(dialog)
    assert users_of(app)["clerk"].roles == {Role.CLERK}


def test_a_new_name_does_not_let_somebody_in_again(app: App, screen: Screen) -> None:
    _page, users = opened(screen)
    clerk = users_of(app)["clerk"]
    app.execute(
        ChangeUser(
            user_id=clerk.user_id, version=clerk.version, name=clerk.name, roles=clerk.roles, active=False
        ),
        actor_with(app, Role.ADMINISTRATOR),
    )
    users.reload()
    screen.settle()
    users.list.select_key(clerk.user_id)
    screen.settle()
    users.change()
    screen.settle()
    screen.type_here("Hind")
    screen.press_here(Key.Key_Return)
    changed = users_of(app)["clerk"]
    assert changed.name.endswith("Hind")
    assert not changed.active


def test_the_last_administrator_stays(app: App, screen: Screen) -> None:
    page, users = opened(screen)
    users.list.select_key(users_of(app)["administrator"].user_id)
    screen.settle()
    users.toggle_active()
    screen.settle()
    screen.dialog().primary.click()  # type: ignore[attr-defined]
    screen.settle()
    assert "last active administrator" in screen.texts(page.notice)


def test_the_audit_log_tells_what_was_done(app: App, screen: Screen) -> None:
    page, _users = opened(screen)
    page.show_view("audit")
    audit = page.view("audit")
    assert isinstance(audit, AuditView)
    audit.list.select_first()
    screen.settle()
    words = screen.texts(audit)
    assert "Signed in" in words
    assert "access:user:signed-in" in words

    def events() -> set[str]:
        model = audit.list.model
        return {model.data(model.index(row, 2)) for row in range(model.rowCount())}

    def search(text: str) -> None:
        audit.search.setText(text)
        audit.reload()
        screen.settle()

    assert "User created" in events()
    for text in ("user crea", "access:user:created"):
        search(text)
        assert events() == {"User created"}


def test_what_an_event_is_about_is_said_in_words(app: App, screen: Screen) -> None:
    """Codes are the log's; the screen has the names that other pages have."""
    an_open_desk(app, actor_with(app, Role.CLERK))
    app.execute(SetGoal(indicator="delay_median", period="2026", target=Decimal(60)), everything(app))
    screen.sign_in(Role.ADMINISTRATOR)
    shell = screen.page.shell
    told = {
        line.subject: subject_words(shell, line.subject)
        for line in app.read(AuditLog(), everything(app))
        if line.event in ("collection:session:opened", "indicators:goal:set")
    }
    assert told == {"session 1": "session 1", "delay_median 2026": "Median delay 2026"}
    words = [subject_words(shell, one) for one in ("database", "2026-10-31", "draft 7", "A-2026-0000001-4")]
    assert words == ["the database", "31/10/2026", "draft 7", "A-2026-0000001-4"]


def test_the_audit_log_shows_amounts_as_amounts(app: App, screen: Screen) -> None:
    an_open_desk(app, actor_with(app, Role.CLERK), opening_float="500")
    page, _users = opened(screen)
    page.show_view("audit")
    audit = page.view("audit")
    assert isinstance(audit, AuditView)
    audit.search.setText("session opened")
    audit.reload()
    screen.settle()
    audit.list.select_first()
    screen.settle()
    assert "Opening float | 500.00 MAD" in screen.texts(audit)


def shown_in_the_log(page: AdministrationPage, screen: Screen, event: str) -> str:
    """What the audit log says of the newest line of an event."""
    page.show_view("audit")
    audit = page.view("audit")
    assert isinstance(audit, AuditView)
    audit.search.setText(event)
    audit.reload()
    screen.settle()
    audit.list.select_first()
    screen.settle()
    return screen.texts(audit)


def test_a_changed_tax_base_is_shown_before_and_after_in_the_words_of_its_form(
    app: App, screen: Screen
) -> None:
    owner = a_taxpayer(app)
    everybody = everything(app)
    home = app.execute(
        AddTaxableObject(
            taxpayer_id=owner, kind="property", label="8, derb Bennis", attributes=a_home(27_000)
        ),
        everybody,
    ).outcome
    app.execute(
        ChangeTaxableObject(
            object_id=home.object_id,
            version=home.version,
            kind="property",
            label="8, derb Bennis",
            attributes=a_home(18_000, "rented_home"),
        ),
        everybody,
    )
    page, _users = opened(screen)
    said = shown_in_the_log(page, screen, "object changed")
    assert "Yearly rental value | 27,000.00 MAD → 18,000.00 MAD" in said
    assert "Use | Main home → Rented home" in said


def test_a_payment_s_line_says_with_what_it_was_paid(app: App, screen: Screen) -> None:
    clerk = actor_with(app, Role.CLERK)
    pay(app, clerk, an_open_desk(app, clerk), a_bill(app, "120", taxpayer_id=a_taxpayer(app)))
    page, _users = opened(screen)
    said = shown_in_the_log(page, screen, "payment taken")
    assert "Means of payment | Cash 120.00 MAD" in said


def test_the_whole_digest_of_an_anchor_can_be_read_in_its_line(app: App, screen: Screen) -> None:
    made = app.execute(MakeAnchor(), everything(app)).outcome
    page, _users = opened(screen)
    said = shown_in_the_log(page, screen, "anchor made")
    assert said.replace(" ", "").count(made.digest) == 1


def test_the_audit_log_is_searched_in_the_users_language(app: App, screen: Screen) -> None:
    opened(screen)
    screen.window.set_language("fr")
    screen.settle()
    page = screen.shows(AdministrationPage)
    page.show_view("audit")
    audit = page.view("audit")
    assert isinstance(audit, AuditView)
    audit.search.setText("utilisateur cree")
    audit.reload()
    screen.settle()
    assert audit.list.model.data(audit.list.model.index(0, 2)) == "Utilisateur créé"


def test_the_municipalitys_card_names_its_languages_and_country(app: App, screen: Screen) -> None:
    opened(screen)
    screen.window.set_language("fr")
    screen.settle()
    page = screen.shows(AdministrationPage)
    page.show_view("municipality")
    words = screen.texts(page.view("municipality"))
    assert "Français, Arabe, Anglais" in words
    assert "Maroc" in words
    assert "Arabe | " in words


def test_the_palette_leads_to_every_view(screen: Screen) -> None:
    page, users = opened(screen)
    for typed, view in (("municip", "municipality"), ("workst", "workstation")):
        palette = screen.frame.open_palette()
        screen.type_here(typed)
        screen.press(palette.field, Qt.Key.Key_Return)
        screen.back()
        assert page.chips.value() == view
        # Nobody is created from there.
        assert not users.new.isVisible()
